import { silentLogger } from "@percale/daemon";
import type { InterfaceAddress, Link, RtnetlinkEvent } from "@percale/kernel";
import { condition } from "@percale/protocol";
import type { ChangeSet, RaisedCondition } from "@percale/protocol";
import type { Node } from "@percale/resources";
import { expect, onTestFinished, test, vi } from "vitest";
import { ApiError } from "../api/client.ts";
import { Registration } from "./part.ts";
import type { RegistrationOptions } from "./part.ts";

/** A running registration over a node with one interface, and an API that holds one Node. */
function setUp(config: Partial<RegistrationOptions["config"]> = {}, failure?: Error) {
  const at = {
    addresses: ["192.0.2.1/24"],
    stored: undefined as Node | undefined,
    failure,
    asked: 0,
    told: 0,
    isWatched: true,
  };
  const written: { readonly op: string; readonly ipv4Address: string | undefined; readonly labels: unknown }[] = [];
  let tell: (event: RtnetlinkEvent) => void = () => undefined;
  const part = new Registration({
    config: { nodeName: "n", ipv4Address: undefined, ipv6Address: undefined, labels: [], ...config },
    api: {
      get: async () => {
        at.asked++;
        if (at.failure !== undefined) throw at.failure;
        return at.stored as never; // the only object that is asked for
      },
      apply: async ({ changes }: Pick<ChangeSet, "changes">) => {
        const [{ op, object }] = changes as unknown as [{ op: string; object: Node }];
        at.stored = object;
        const { spec, metadata } = object;
        written.push({ op, ipv4Address: spec.bgp?.ipv4Address, labels: metadata.labels });
        return undefined as never; // not read
      },
    },
    netlink: {
      links: async () => [{ index: 1, name: "eth0", up: true, loopback: false } as Link], // the rest is not read
      addresses: async () => at.addresses.map((address): InterfaceAddress => ({ ifIndex: 1, address, scope: 0 })),
      monitor: (onEvent) => {
        tell = onEvent;
        return () => void (at.isWatched = false);
      },
    },
    log: silentLogger,
    changed: () => at.told++,
  });
  const stop = new AbortController();
  const running = part.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  /** Until the API has been asked once more. */
  const look = async (event?: RtnetlinkEvent["t"]): Promise<void> => {
    const before = event === undefined ? 0 : at.asked;
    if (event !== undefined) tell({ t: event } as RtnetlinkEvent); // no more of it is read
    await vi.waitFor(() => expect(at.asked).toBeGreaterThan(before), { timeout: 30_000 });
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { part, at, written, look, end };
}

const labels = { "kubernetes.io/hostname": "n" };

test("the node is registered with the address that it has, and again when that is another", async () => {
  const { at, written, look, end } = setUp();
  await look();
  at.addresses = ["192.0.2.9/24"];
  await look("address");
  at.addresses = [];
  await look("addressRemoved"); // down for a moment ends no session
  await end();
  expect([written, at.isWatched]).toEqual([
    [
      { op: "create", ipv4Address: "192.0.2.1/24", labels },
      { op: "update", ipv4Address: "192.0.2.9/24", labels },
    ],
    false,
  ]);
});

test("a Node that a person deleted is not made again", async () => {
  const { at, written, look } = setUp();
  await look();
  at.stored = undefined;
  await look("lost");
  expect(written.map(({ op }) => op)).toEqual(["create"]);
});

test.each<[what: string, given: string, address: string | undefined]>([
  ["an address of the configuration goes before what is found", "198.51.100.1/24", "198.51.100.1/24"],
  ["`none` gives the node no address", "none", undefined],
])("%s", async (_, ipv4Address, address) => {
  const { written, look } = setUp({ ipv4Address, labels: ["zone=a", "expr=x=y"] });
  await look();
  expect(written).toEqual([{ op: "create", ipv4Address: address, labels: { ...labels, zone: "a", expr: "x=y" } }]);
});

test.each<[what: string, failure: Error, isRefused: boolean]>([
  ["the API refuses", new ApiError(403, "Forbidden", "no"), true],
  ["the API fails", new ApiError(500, "InternalError", "no"), false],
  ["somebody was faster", new ApiError(409, "Conflict", "no"), false],
  ["nobody answers", new Error("no"), false],
])("where %s, that is told until the node is registered", async (_, failure, isRefused) => {
  const { part, at, written } = setUp({}, failure);
  const told = (conditions: readonly RaisedCondition[]) =>
    vi.waitFor(() => expect(part.conditions()).toEqual(conditions), { timeout: 30_000 });
  await told([condition.NodeNotRegistered({ isRefused, detail: String(failure) })]);
  expect([at.told, written]).toEqual([1, []]);
  at.failure = undefined;
  await told([]);
  expect([at.told, written.map(({ op }) => op)]).toEqual([2, ["create"]]);
});
