import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@percale/daemon";
import { RT_TABLE_MAIN } from "@percale/kernel";
import type { Link, Rtnetlink } from "@percale/kernel";
import { expect, onTestFinished, test } from "vitest";
import { ApiError, ApiUnreachable } from "../api/client.ts";
import { Attacher } from "./attacher.ts";
import { Attachments } from "./attachments.ts";
import type { Attachment } from "./attachments.ts";
import { DeletionQueue } from "./deletion-queue.ts";
import type { EndpointStore } from "./endpoint-store.ts";
import { linkMark } from "./identity.ts";
import { parseRequest } from "./request.ts";

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

const request = (command: string, containerID: string, config: object = {}) =>
  parseRequest(
    Buffer.from(
      `CNI_COMMAND=${command}\0CNI_CONTAINERID=${containerID}\0CNI_IFNAME=eth0\0\0${JSON.stringify({ name: "net", ...config })}`,
    ),
  );

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
  const owners = new Map<string, string>();
  const store = {
    held: ({ name }: { name: string }) => (owners.has(name) ? { spec: { containerID: owners.get(name) } } : undefined),
    remove: async ({ containerID }: { containerID: string }, { name }: { name: string }) => {
      const failure = failures.get(containerID);
      if (failure !== undefined) throw failure;
      did.push(`remove ${name}`);
    },
  } as unknown as EndpointStore; // the part that is asked
  const whenEnforced = async (): Promise<void> => undefined;
  const attacher = new Attacher({ node: "n", host, store, attachments, queue, whenEnforced, log: silentLogger });
  const left = async () => ({
    did: did.splice(0),
    attached: attachments.list().map(({ containerID }) => containerID),
    queued: (await queue.list()).map(({ containerID }) => containerID).sort(),
  });
  return { attacher, queue, failures, owners, left };
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
