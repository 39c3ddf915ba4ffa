import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@percale/daemon";
import { RT_TABLE_MAIN } from "@percale/kernel";
import type { Link, Rtnetlink } from "@percale/kernel";
import { expect, onTestFinished, test } from "vitest";
import { ApiError, ApiUnreachable } from "../api/client.ts";
import { Attacher } from "./attacher.ts";
import type { AttacherOptions } from "./attacher.ts";
import { Attachments } from "./attachments.ts";
import type { Attachment } from "./attachments.ts";
import { DeletionQueue } from "./deletion-queue.ts";
import type { EndpointStore } from "./endpoint-store.ts";
import { linkMark } from "./identity.ts";
import { parseRequest } from "./request.ts";
import type { Wires } from "./wires.ts";

const attached = (containerID: string, more: Partial<Attachment> = {}): Attachment => ({
  containerID,
  ifName: "eth0",
  network: "net",
  handle: `handle-${containerID}`,
  namespace: "shop",
  endpoint: `endpoint-${containerID}`,
  netns: "/nowhere",
  netnsId: "1",
  hostInterface: `cali${containerID}`,
  mac: "02:00:00:00:00:01",
  mtuBytes: 0,
  addresses: ["10.0.0.1"],
  routeTable: RT_TABLE_MAIN,
  allowIpForwarding: false,
  ...more,
});

/** A namespace that is there, meant though it is the test's own. */
const NETNS = "/proc/self/ns/net";

const request = (command: string, containerID: string, config: object = {}, netns = "") => {
  const id = `CNI_CONTAINERID=${containerID}\0CNI_IFNAME=eth0\0CNI_NETNS=${netns}\0CNI_NETNS_OVERRIDE=1`;
  return parseRequest(Buffer.from(`CNI_COMMAND=${command}\0${id}\0\0${JSON.stringify({ name: "net", ...config })}`));
};
const add = (containerID: string, config: object = {}, netns = NETNS) => request("ADD", containerID, config, netns);

/** An attacher over a node with the links of these attachments. `did` is what was done to kernel and store, in its order. */
async function setUp(...known: readonly Attachment[]) {
  const folder = mkdtempSync(join(tmpdir(), "percale-attacher-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const attachments = await Attachments.open(join(folder, "attachments"), () => expect.unreachable());
  const queue = await DeletionQueue.open({ directory: join(folder, "queue"), log: silentLogger });
  for (const one of known) await attachments.put(one);
  const links = known.map((one, index) => ({ index, name: one.hostInterface, alias: linkMark(one) }) as Link);
  const did: string[] = [];
  const failures = new Map<string, Error>();
  const host = {
    link: async (name: string) => links.find((one) => one.name === name),
    links: async () => links,
    deleteLink: async (index: number) => {
      did.push(`unlink ${links.find((one) => one.index === index)?.name}`);
      links.splice(
        links.findIndex((one) => one.index === index),
        1,
      );
    },
  } as unknown as Rtnetlink; // the part that is asked
  const faults = { onNode: [] as string[], inside: [] as string[], restored: false };
  const wires: Wires = {
    makeRoom: async ({ containerID }) => void did.push(`room ${containerID}`),
    wire: async ({ containerID, hostInterface, ifName }, replaces) => {
      const failure = failures.get(`wire ${containerID}`);
      if (failure !== undefined) throw failure;
      did.push(`wire ${hostInterface}${replaces === undefined ? "" : ` for ${replaces.name}`}`);
      links.push({ index: 7, name: hostInterface, alias: linkMark({ containerID, ifName }) } as Link);
      return { index: 7, routeTable };
    },
    restoreHost: async ({ hostInterface }) => {
      did.push(`restore ${hostInterface}`);
      if (faults.restored) faults.onNode = [];
    },
    unruleContainer: async () => undefined,
    hostFaults: async () => faults.onNode,
    containerFaults: async () => faults.inside,
  };
  let routeTable = RT_TABLE_MAIN;
  const useTable = (table: number): void => void (routeTable = table);
  const owners = new Map<string, string>();
  const store = {
    enter: async ({ identity }: { identity: { name: string } }) => {
      did.push(`enter ${identity.name}`);
      return { addresses: ["10.0.0.9"], revision: 5 };
    },
    held: ({ name }: { name: string }) => (owners.has(name) ? { spec: { containerID: owners.get(name) } } : undefined),
    remove: async ({ containerID }: { containerID: string }, { name }: { name: string }) => {
      const failure = failures.get(containerID);
      if (failure !== undefined) throw failure;
      did.push(`remove ${name}`);
    },
  } as unknown as EndpointStore; // the part that is asked
  const whenEnforced: AttacherOptions["whenEnforced"] = async ({ revision, ifIndex }, stop) => {
    did.push(`policy at ${revision} on ${ifIndex}`);
    if (failures.has("late")) await once(stop, "abort");
  };
  const options = { node: "n", host, wires, store, attachments, queue, whenEnforced, log: silentLogger };
  const attacher = new Attacher(options);
  const left = async () => ({
    did: did.splice(0),
    attached: attachments.list().map(({ containerID }) => containerID),
    queued: (await queue.list()).map(({ containerID }) => containerID).sort(),
  });
  return { attacher, attachments, queue, failures, faults, owners, useTable, left };
}

const ready = { isReady: true };

test("a container loses its network before its address is free; another's stays", async () => {
  const { attacher, left } = await setUp(attached("a"), attached("b"));
  await attacher.del(request("DEL", "a"), ready);
  expect(await left()).toEqual({ did: ["unlink calia", "remove endpoint-a"], attached: ["b"], queued: [] });
});

test("the deletion of what was never attached is good, and repeated as often as one likes", async () => {
  const { attacher, left } = await setUp(attached("b"));
  for (let i = 0; i < 2; i++) await attacher.del(request("DEL", "a"), ready);
  expect(await left()).toMatchObject({ attached: ["b"], queued: [] });
});

test("while the node is not ready the network goes at once and the rest waits", async () => {
  const { attacher, left } = await setUp(attached("a"));
  await attacher.del(request("DEL", "a"), { isReady: false });
  expect(await left()).toEqual({ did: ["unlink calia"], attached: ["a"], queued: ["a"] });
  await attacher.drain();
  expect(await left()).toEqual({ did: ["remove endpoint-a"], attached: [], queued: [] });
});

test.each<[what: string, failure: Error, queued: readonly string[], told: string | undefined]>([
  ["waits for an API that does not answer", new ApiUnreachable("POST", new Error("refused")), ["a"], undefined],
  ["waits for an API that fails", new ApiError(503, "x", "later"), ["a"], undefined],
  ["is told when the API refuses it", new ApiError(403, "Forbidden", "no"), [], "no"],
])("a deletion %s", async (_, failure, queued, told) => {
  const { attacher, failures, left } = await setUp(attached("a"));
  failures.set("a", failure);
  const message = await attacher.del(request("DEL", "a"), ready).catch((error: unknown) => (error as Error).message);
  expect([message, await left()]).toEqual([told, { did: ["unlink calia"], attached: ["a"], queued }]);
});

test("a deletion that is done waits no more", async () => {
  const { attacher, queue, left } = await setUp(attached("a"));
  await queue.put(request("DEL", "a"));
  await attacher.del(request("DEL", "a"), ready);
  expect((await left()).queued).toEqual([]);
});

test("of what waits all is tried, and the first failure told after all", async () => {
  const { attacher, queue, failures, left } = await setUp(attached("a"), attached("b"), attached("c"));
  for (const id of ["a", "b", "c"]) await queue.put(request("DEL", id));
  failures.set("b", new ApiError(403, "Forbidden", "not b"));
  await expect(attacher.drain()).rejects.toThrow("not b");
  expect(await left()).toMatchObject({ attached: ["b"], queued: ["b"] });
});

test("who is told to stop begins no further deletion", async () => {
  const { attacher, queue, left } = await setUp(attached("a"));
  await queue.put(request("DEL", "a"));
  await attacher.drain(AbortSignal.abort());
  expect(await left()).toEqual({ did: [], attached: ["a"], queued: ["a"] });
});

test("what the runtime no longer knows of its network is detached, nothing else", async () => {
  const { attacher, left } = await setUp(attached("a"), attached("b"), attached("c", { network: "other" }));
  const valid = { "cni.dev/valid-attachments": [{ containerID: "b", ifname: "eth0" }] };
  await attacher.collect(request("GC", "", valid));
  expect(await left()).toEqual({ did: ["unlink calia", "remove endpoint-a"], attached: ["b", "c"], queued: [] });
});

test("what cannot be collected is told, and the rest is", async () => {
  const { attacher, failures, left } = await setUp(attached("a"), attached("b"));
  failures.set("a", new ApiError(403, "Forbidden", "no"));
  await expect(attacher.collect(request("GC", "", { "cni.dev/valid-attachments": [] }))).rejects.toMatchObject({
    message: "not everything could be removed",
    details: expect.stringMatching(/^a: /),
  });
  expect((await left()).attached).toEqual(["a"]);
});

test("without a list of what is valid nothing is collected", async () => {
  const { attacher, left } = await setUp(attached("a"));
  await expect(attacher.collect(request("GC", ""))).rejects.toThrow("valid-attachments is required");
  expect((await left()).attached).toEqual(["a"]);
});

test("a check of what is not attached here fails", async () => {
  const { attacher } = await setUp();
  await expect(attacher.check(request("CHECK", "a"))).rejects.toThrow("this container is not attached here");
});

test("what is over is not mended: its deletion is on the way", async () => {
  const [gone, replaced] = [attached("a"), attached("b", { netns: "/proc/self/ns/net" })];
  const { attacher, owners, left } = await setUp(gone, replaced);
  owners.set(replaced.endpoint, "newer");
  expect([await attacher.mend(gone), await attacher.mend(replaced), await attacher.mend(attached("x"))]).toEqual([
    [],
    [],
    [],
  ]);
  expect((await left()).did).toEqual([]);
});

const [endpoint, made] = ["n-cni-a-eth0", ["room a", "enter n-cni-a-eth0", "wire calia", "policy at 5 on 7"]];
const unmade = (name: string) => [`unlink ${name}`, `remove ${endpoint}`];

test("a container is entered, wired and enforced, in this order, and recorded as it was made", async () => {
  const { attacher, attachments, left } = await setUp();
  const result = await attacher.add(add("a", { mtu: 1_400 }));
  expect(result).toEqual({
    ...attached("a"),
    handle: "net.a",
    namespace: "default",
    endpoint,
    netns: NETNS,
    netnsId: expect.any(String),
    mac: expect.stringMatching(/^.[26ae](:[0-9a-f]{2}){5}$/),
    mtuBytes: 1_400,
    addresses: ["10.0.0.9"],
  });
  expect([attachments.get("a", "eth0"), await left()]).toEqual([result, { did: made, attached: ["a"], queued: [] }]);
});

test("an ADD that is repeated is the same attachment: while the first runs, and after it", async () => {
  const { attacher, left } = await setUp();
  const [first, second] = await Promise.all([attacher.add(add("a")), attacher.add(add("a"))]);
  const third = await attacher.add(add("a"));
  expect([second, third, (await left()).did]).toEqual([first, first, made]);
});

test("an ADD behind a DEL is another attachment, though the first ADD still runs", async () => {
  const { attacher, left } = await setUp();
  const [first, , second] = await Promise.all([
    attacher.add(add("a")),
    attacher.del(request("DEL", "a"), ready),
    attacher.add(add("a")),
  ]);
  expect(second.mac).not.toBe(first.mac);
  expect((await left()).did).toEqual([...made, ...unmade("calia"), ...made]);
});

test("an attachment that is broken is made anew", async () => {
  const { attacher, faults, left } = await setUp();
  await attacher.add(add("a"));
  await left();
  faults.inside = ["eth0 is down"];
  await attacher.add(add("a"));
  expect((await left()).did).toEqual([...unmade("calia"), ...made]);
});

test("the table of a further interface is recorded", async () => {
  const { attacher, attachments, useTable } = await setUp();
  useTable(100_007);
  expect((await attacher.add(add("a"))).routeTable).toBe(100_007);
  expect(attachments.get("a", "eth0")?.routeTable).toBe(100_007);
});

test("a container whose namespace is not there gets nothing", async () => {
  const { attacher, left } = await setUp();
  await expect(attacher.add(add("a", {}, "/nowhere"))).rejects.toMatchObject({ code: 8, details: "/nowhere" });
  expect(await left()).toEqual({ did: [], attached: [], queued: [] });
});

test("the node's own namespace is no container's, unless that is insisted on", async () => {
  const { attacher, left } = await setUp();
  const mistaken = (command: string) => ({ ...request(command, "a", {}, NETNS), netnsOverride: false });
  await expect(attacher.add(mistaken("ADD"))).rejects.toMatchObject({ code: 8 });
  await expect(attacher.del(mistaken("DEL"), ready)).rejects.toMatchObject({ code: 8 });
  await expect(attacher.check(mistaken("CHECK"))).rejects.toMatchObject({ code: 8 });
  expect((await left()).did).toEqual([]);
});

test("an ADD that fails leaves nothing, and its name to the next", async () => {
  const { attacher, failures, left } = await setUp();
  failures.set("wire a", new Error("no room"));
  await expect(attacher.add(add("a"))).rejects.toThrow("no room");
  expect(await left()).toEqual({
    did: ["room a", `enter ${endpoint}`, `remove ${endpoint}`],
    attached: [],
    queued: [],
  });
  failures.clear();
  expect((await attacher.add(add("a"))).hostInterface).toBe("calia");
});

test("an ADD that cannot even be undone is told for what it failed, and stays known to its DEL", async () => {
  const { attacher, failures, left } = await setUp();
  failures.set("wire a", new Error("no room"));
  failures.set("a", new ApiError(503, "x", "later"));
  await expect(attacher.add(add("a"))).rejects.toThrow("no room");
  expect((await left()).attached).toEqual(["a"]);
});

test("a deletion that waits for the same interface is done before it is made", async () => {
  const { attacher, queue, left } = await setUp(attached("a", { endpoint }));
  await queue.put(request("DEL", "a"));
  await attacher.add(add("a"));
  expect(await left()).toEqual({ did: [...unmade("calia"), ...made], attached: ["a"], queued: [] });
});

test.each<[what: string, config: object, policy: readonly string[]]>([
  ["late", { policy_setup_timeout_seconds: 1 }, ["policy at 5 on 7"]],
  ["not waited for", { policy_setup_timeout_seconds: 0 }, []],
])("an ADD whose policy is %s is answered without it", async (_, config, policy) => {
  const { attacher, failures, left } = await setUp();
  failures.set("late", new Error());
  await attacher.add(add("a", config));
  expect((await left()).did).toEqual([...made.slice(0, 3), ...policy]);
});

test.each<[what: string, faults: { onNode?: string[]; inside?: string[] }, told: string]>([
  ["on the node", { onNode: ["a", "b"] }, "a; b"],
  ["on both sides", { onNode: ["a"], inside: ["c"] }, "a; c"],
])("a check tells all that is wrong %s", async (_, wrong, told) => {
  const { attacher, faults } = await setUp(attached("a"));
  Object.assign(faults, wrong);
  await expect(attacher.check(request("CHECK", "a"))).rejects.toMatchObject({ code: 103, details: told });
});

test("a check passes while all is as it was made, and the endpoint is this container's", async () => {
  const { attacher, owners } = await setUp(attached("a"));
  await attacher.check(request("CHECK", "a"));
  owners.set("endpoint-a", "a");
  await attacher.check(request("CHECK", "a"));
  owners.set("endpoint-a", "b");
  await expect(attacher.check(request("CHECK", "a"))).rejects.toMatchObject({ code: 103, details: "b" });
});

test.each<[what: string, wrong: object, did: readonly string[], left: readonly string[]]>([
  ["right", {}, [], []],
  ["wrong on the node", { onNode: ["down"], restored: true }, ["restore calia"], []],
  ["wrong for good", { onNode: ["down"] }, ["restore calia"], ["down"]],
  ["wrong in the container, which is its own", { inside: ["no route"] }, [], ["no route"]],
])("what is %s is mended as far as it is the node's, and the rest told", async (_, wrong, did, told) => {
  const known = attached("a", { netns: NETNS });
  const { attacher, faults, attachments, left } = await setUp(known);
  Object.assign(faults, wrong);
  expect(await attacher.mend(attachments.get("a", "eth0")!)).toEqual(told);
  expect((await left()).did).toEqual(did);
});

test("what waits for its deletion is not mended", async () => {
  const { attacher, attachments, faults, queue } = await setUp(attached("a", { netns: NETNS }));
  faults.onNode = ["down"];
  await queue.put(request("DEL", "a"));
  expect(await attacher.mend(attachments.get("a", "eth0")!)).toEqual([]);
});
