import { silentLogger } from "@percale/daemon";
import { NUD_PERMANENT, RT_TABLE_MAIN } from "@percale/kernel";
import type { RtnetlinkEvent } from "@percale/kernel";
import { condition } from "@percale/protocol";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Attachment, Attachments } from "./attachments.ts";
import type { DeletionQueue } from "./deletion-queue.ts";
import { AttachmentKeeper } from "./keeper.ts";

const attached = (endpoint: string, hostInterface: string, address: string): Attachment => ({
  containerID: endpoint,
  ifName: "eth0",
  network: "net",
  handle: "h",
  namespace: "shop",
  endpoint,
  netns: "/x",
  netnsId: "1",
  hostInterface,
  mac: "02:00:00:00:00:01",
  mtuBytes: 0,
  addresses: [address],
  routeTable: RT_TABLE_MAIN,
  allowIpForwarding: false,
});

/** A running keeper of two attachments; the first round is over. `looked` says at which it looked since. */
async function setUp({ faults = {}, aside = [] as string[] }: { faults?: Record<string, string[]>; aside?: string[] }) {
  const present = [attached("web", "cali1", "10.0.0.1"), attached("api", "cali2", "fd00::2")];
  const seen: string[] = [];
  let lists = 0; // two in a pass
  let news = 0;
  let tell: (event: RtnetlinkEvent) => void = () => undefined;
  const keeper = new AttachmentKeeper({
    attachments: {
      list: () => {
        lists++;
        return present;
      },
      setAside: async () => aside,
    } as unknown as Attachments, // the parts that are asked
    queue: { setAside: async () => [] as string[] } as unknown as DeletionQueue, // the part that is asked
    attacher: {
      mend: async ({ endpoint }) => {
        seen.push(endpoint);
        if (endpoint === "api" && faults["api"]?.[0] === "throws") throw new Error("no netlink");
        return faults[endpoint] ?? [];
      },
    },
    netlink: {
      monitor: (onEvent) => {
        tell = onEvent;
        return () => seen.push("stopped");
      },
    },
    onChange: () => news++,
    log: silentLogger,
  });
  const stop = new AbortController();
  const running = keeper.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  const passed = (count: number) =>
    vi.waitFor(() => expect(lists).toBeGreaterThanOrEqual(2 * count), { timeout: 30_000 });
  await passed(1);
  const round = seen.splice(0);
  /** At which it looks after these. What is about nobody wakes nobody, so that something about nobody's link comes last. */
  const looked = async (...events: readonly unknown[]): Promise<readonly string[]> => {
    const before = lists / 2;
    for (const event of [...events, { t: "link", link: { name: "else" } }]) tell(event as RtnetlinkEvent);
    await passed(before + 1);
    return [...new Set(seen.splice(0))]; // what is broken is looked at every two seconds too
  };
  return { keeper, round, looked, present, seen, end, news: () => news };
}

test("all are looked at when it starts", async () => {
  const { round, keeper, seen, end } = await setUp({});
  await end();
  expect([round, keeper.conditions(), seen]).toEqual([["web", "api"], [], ["stopped"]]);
});

test.each<[what: string, event: unknown, looked: readonly string[]]>([
  ["a link", { t: "link", link: { name: "cali1" } }, ["web"]],
  ["a link that went", { t: "linkRemoved", link: { name: "cali2" } }, ["api"]],
  ["an IPv4 route", { t: "route", route: { dst: "10.0.0.1/32" } }, ["web"]],
  ["an IPv6 route that went", { t: "routeRemoved", route: { dst: "fd00::2/128" } }, ["api"]],
  ["a route of a whole net", { t: "route", route: { dst: "10.0.0.1/24" } }, []],
  ["an entry for good", { t: "neighbour", neighbour: { address: "10.0.0.1", state: NUD_PERMANENT } }, ["web"]],
  ["an entry that the kernel found", { t: "neighbour", neighbour: { address: "10.0.0.1", state: 2 } }, []],
  ["an address", { t: "address", address: { address: "10.0.0.1/32", ifIndex: 1 } }, []],
  ["notifications that were lost", { t: "lost" }, ["web", "api"]],
])("%s is told by the kernel: only whom it is about is looked at", async (_, event, at) => {
  const { looked } = await setUp({});
  expect([await looked(event), await looked()]).toEqual([at, []]);
});

test("what is wrong is told with its endpoint, until a look finds it right or it is gone", async () => {
  const faults: Record<string, string[]> = { web: ["no route", "no link"], api: ["throws"] };
  const { keeper, looked, present } = await setUp({ faults, aside: ["/a.bad"] });
  const broken = (name: string, detail: string) =>
    condition.AttachmentBroken({ detail, ref: { kind: "WorkloadEndpoint", namespace: "shop", name } });
  const aside = condition.StateSetAside({ detail: "/a.bad" });
  const api = broken("api", "Error: no netlink");
  expect(keeper.conditions()).toEqual([broken("web", "no route; no link"), api, aside]);
  delete faults["web"];
  expect([await looked(), keeper.conditions()]).toEqual([
    ["web", "api"],
    [api, aside],
  ]);
  present.pop();
  expect([await looked(), keeper.conditions()]).toEqual([[], [aside]]);
});

test("what was found wrong is looked at again though nothing is told: somebody else may have mended it", async () => {
  const faults: Record<string, string[]> = { web: ["no route"] };
  const { keeper } = await setUp({ faults });
  expect(keeper.conditions()).toHaveLength(1);
  delete faults["web"];
  await vi.waitFor(() => expect(keeper.conditions()).toEqual([]), { timeout: 30_000 });
});

test("what stays as it was is no news, however often it is looked at", async () => {
  const faults: Record<string, string[]> = { web: ["no route"] };
  const { looked, news } = await setUp({ faults });
  expect([await looked(), await looked(), news()]).toEqual([["web"], ["web"], 1]);
  delete faults["web"];
  expect([await looked(), await looked(), news()]).toEqual([["web"], [], 2]);
});
