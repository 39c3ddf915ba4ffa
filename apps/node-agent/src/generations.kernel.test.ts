import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { auditIpam } from "@percale/ipam";
import { Nftables } from "@percale/kernel";
import type { BlockAffinity, IPAMBlock, IPAMHandle } from "@percale/ipam";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pool, tier } from "./testdata/objects.ts";
import { TestNode, until } from "./testdata/test-node.ts";
import type { CniOptions } from "./testdata/test-node.ts";
import { TestServer } from "./testdata/test-server.ts";

const server = new TestServer();
const node = new TestNode("n1");

beforeAll(async () => {
  server.seed([tier, pool("10.80.0.0/24")]);
  await back();
  await start();
  await until("registered", () => server.objects.has("Node/n1"));
});

afterAll(async () => {
  await node.remove();
  await away();
});

let isAway = true;
async function away(): Promise<void> {
  if (!isAway) await server.close();
  isAway = true;
}
async function back(): Promise<void> {
  if (isAway) await server.listen(node.apiSocket);
  isAway = false;
}
async function start(): Promise<void> {
  node.start(["--no-bgp"]);
  await until("started", async () => (await node.health("/livez")).status === 200);
}
async function restart(): Promise<void> {
  await node.stop("SIGKILL");
  await start();
}
const queued = (): string[] => {
  const directory = join(node.directory, "cni/cni-queue");
  return existsSync(directory) ? readdirSync(directory).filter((name) => !name.startsWith(".")) : [];
};
const codeOf = async (command: string, id: string): Promise<number> => (await node.cni(command, id)).code;
const stored = (id: string): string[] =>
  [...server.objects.keys()].filter((key) => key.includes(`k8s-${id}-`) || key.endsWith(`.${id}`));
const audit = (): string[] => {
  const of = <T>(kind: string): T[] => [...server.objects.values()].filter((one) => one.kind === kind) as T[];
  return auditIpam({
    blocks: of<IPAMBlock>("IPAMBlock"),
    affinities: of<BlockAffinity>("BlockAffinity"),
    handles: of<IPAMHandle>("IPAMHandle"),
  });
};

/** Whether the container is attached, by all that there is to ask: the agent, the store, the address plan. */
async function settle(id: string): Promise<boolean> {
  await back();
  await until("connected", async () => (await node.cni("STATUS", id)).code === 0);
  await until("the queue is empty", () => queued().length === 0);
  expect(audit()).toEqual([]);
  const isAttached = (await node.cni("CHECK", id)).output === "";
  expect(stored(id)).toHaveLength(isAttached ? 2 : 0);
  expect(await node.hasDefaultRoute(id)).toBe(isAttached);
  return isAttached;
}

type Step = "ADD" | "DEL" | "away" | "back" | "restart";

/** Runs the steps as a runtime would, which gives up on an ADD that it will not retry; true if the container should be attached. */
async function play(id: string, steps: readonly Step[]): Promise<boolean> {
  let isWanted = false;
  for (const step of steps) {
    if (step === "away") await away();
    else if (step === "back") await back();
    else if (step === "restart") await restart();
    else if (step === "DEL") {
      expect(await codeOf("DEL", id)).toBe(0);
      isWanted = false;
    } else if (!isAway) {
      await until("ready for an ADD", async () => (await codeOf("ADD", id)) === 0);
      isWanted = true;
    }
  }
  return isWanted;
}

let count = 0;

test.each<[string, Step[]]>([
  ["a DEL queued while the API was away, then an ADD", ["ADD", "away", "DEL", "back", "ADD"]],
  ["a DEL queued by the agent before it was killed", ["ADD", "away", "DEL", "restart", "back", "ADD"]],
  [
    "an API that goes while the agent connects to it",
    ["restart", "away", "back", "ADD", "restart", "away", "DEL", "back"],
  ],
  ["a DEL after that ADD, away again", ["ADD", "away", "DEL", "back", "ADD", "away", "DEL"]],
])("%s: the last call decides", async (_name, steps) => {
  const id = `g${count++}`;
  const isWanted = await play(id, steps);
  expect(await settle(id)).toBe(isWanted);
});

test("whatever the order of ADD and DEL, outages and crashes, the last call decides and nothing leaks", async () => {
  const step = fc.constantFrom<Step>("ADD", "ADD", "DEL", "DEL", "away", "back", "restart");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
      const id = `g${count++}`;
      const isWanted = await play(id, steps);
      expect(await settle(id)).toBe(isWanted);
    }),
    { numRuns: 10, endOnFailure: true },
  );
}, 400_000);

test("an ADD that comes while a DEL waits behind a running ADD is a new attachment", async () => {
  const id = `g${count++}`;
  const answers = await Promise.all(["ADD", "DEL", "ADD"].map((command) => node.post(command, id)));
  expect(answers).toEqual([0, 0, 0]);
  expect(await settle(id)).toBe(true);
});

test.each<[string, CniOptions]>([
  ["the network has another name by now", { config: { name: "renamed" } }],
  ["the pod's name is not said any more", { args: "" }],
])("a DEL takes away what its ADD recorded, though %s", async (_name, changed) => {
  const id = `g${count++}`;
  expect(await codeOf("ADD", id)).toBe(0);
  expect(await node.cni("DEL", id, changed)).toEqual({ code: 0, output: "" });
  expect(await settle(id)).toBe(false);
});

test("a repeated ADD with another namespace of the same container attaches that one", async () => {
  const id = `g${count++}`;
  expect(await codeOf("ADD", id)).toBe(0);
  const netns = node.container(`${id}-anew`);
  const { output } = await node.cni("ADD", id, { netns });
  expect(JSON.parse(output)).toMatchObject({ interfaces: [{}, { name: "eth0", sandbox: netns }] });
  expect([await node.hasDefaultRoute(id), await node.hasDefaultRoute(`${id}-anew`)]).toEqual([false, true]);
  expect(await node.cni("CHECK", id, { netns })).toEqual({ code: 0, output: "" });
  expect(await node.cni("DEL", id, { netns })).toEqual({ code: 0, output: "" });
  expect(stored(id)).toEqual([]);
  expect(audit()).toEqual([]);
});

test("a DEL that the client queued beside a running agent, which it did not reach, is done without another call", async () => {
  const id = `g${count++}`;
  expect(await codeOf("ADD", id)).toBe(0);
  const env = { PERCALE_CNI_SOCKET: join(node.directory, "cni/missed.sock") };
  expect(await node.cni("DEL", id, { env })).toEqual({ code: 0, output: "" });
  expect(queued()).toEqual([`${id}:eth0`]);
  expect(await settle(id)).toBe(false);
});

test("a full queue takes a deletion again that it has already, from the agent and from the client; a new one waits", async () => {
  const [id, other] = [`g${count++}`, `g${count++}`];
  for (const one of [id, other]) expect(await codeOf("ADD", one)).toBe(0);
  await away();
  expect(await codeOf("DEL", id)).toBe(0);
  const directory = join(node.directory, "cni/cni-queue");
  const fillers = Array.from({ length: 255 }, (_, n) => join(directory, `filler${n}:eth0`));
  for (const path of fillers) {
    copyFileSync(join(directory, `${id}:eth0`), join(directory, ".draft"));
    renameSync(join(directory, ".draft"), path); // the agent looks here at any moment
  }
  const env = { PERCALE_CNI_SOCKET: join(node.directory, "cni/missed.sock") };
  for (const options of [{}, { env }]) {
    expect(await node.cni("DEL", id, options)).toEqual({ code: 0, output: "" });
    expect(JSON.parse((await node.cni("DEL", other, options)).output)).toMatchObject({ code: 11 });
  }
  for (const path of fillers) rmSync(path);
  expect(await settle(id)).toBe(false);
  expect(await codeOf("DEL", other)).toBe(0);
  expect(await settle(other)).toBe(false);
});

test("when an ADD answers, the kernel already knows whose the interface is: the first packet goes its way", async () => {
  const nft = new Nftables({ table: "calico", netns: node.netns });
  const dispatched = () => nft.elements(4, "filter-cali-from-wl-dispatch").length;
  const before = dispatched();
  const ids = Array.from({ length: 20 }, () => `g${count++}`);
  const seen: number[] = [];
  for (const id of ids) {
    expect(await node.post("ADD", id)).toBe(0);
    seen.push(dispatched());
  }
  nft.close();
  expect(seen).toEqual(ids.map((_, n) => before + n + 1));
  for (const id of ids) expect(await node.post("DEL", id)).toBe(0);
});
