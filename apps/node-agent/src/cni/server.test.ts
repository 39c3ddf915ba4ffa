import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Histogram, silentLogger } from "@percale/daemon";
import { RT_TABLE_MAIN } from "@percale/kernel";
import { CniCode } from "@percale/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Attachment } from "./attachments.ts";
import { CniError } from "./errors.ts";
import { Readiness } from "./readiness.ts";
import { CniServer } from "./server.ts";

const attachment: Attachment = {
  containerID: "c1",
  ifName: "eth0",
  network: "net",
  handle: "h",
  namespace: "shop",
  endpoint: "web",
  netns: "/x",
  netnsId: "1",
  hostInterface: "cali1",
  mac: "02:00:00:00:00:01",
  mtuBytes: 1450,
  addresses: ["10.0.0.5"],
  routeTable: RT_TABLE_MAIN,
  allowIpForwarding: false,
};

let folder: string;
let path: string;
let asked: string[];
let problem: string | undefined;
let failure: Error | undefined;
let readiness: Readiness;
let seconds: Histogram<"operation" | "outcome">;
let server: CniServer;
let stop: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "percale-cni-"));
  path = join(folder, "run/cni.sock");
  [asked, problem, failure] = [[], undefined, undefined];
  [stop, running] = [new AbortController(), Promise.resolve()];
  readiness = new Readiness(() => problem);
  seconds = new Histogram({ name: "seconds", help: "-", labelNames: ["operation", "outcome"], registers: [] });
  const note = async (what: string): Promise<void> => {
    asked.push(what);
    if (failure !== undefined) throw failure;
  };
  const attacher = {
    add: async ({ containerID }: { containerID: string }) => {
      await note(`add ${containerID}`);
      return attachment;
    },
    del: ({ containerID }: { containerID: string }, { isReady }: { isReady: boolean }) =>
      note(`del ${containerID} ${isReady}`),
    check: () => note("check"),
    collect: () => note("collect"),
    drain: () => note("drain"),
  };
  server = new CniServer({ node: "n1", path, attacher, readiness, log: silentLogger, seconds });
});
afterEach(async () => {
  stop.abort();
  await running;
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Listens, and does what is queued. */
async function serve(): Promise<void> {
  await server.listen();
  running = server.run(stop.signal);
}

function frameOf(command: string, config: object = {}): Buffer {
  const env = { CNI_COMMAND: command, CNI_CONTAINERID: "c1", CNI_IFNAME: "eth0", CNI_NETNS: "/x" };
  const variables = Object.entries(env).map(([key, value]) => `${key}=${value}\0`);
  const post = Buffer.from(`${variables.join("")}\0${JSON.stringify({ cniVersion: "1.0.0", name: "net", ...config })}`);
  const header = Buffer.alloc(4);
  header.writeUInt32LE(post.length);
  return Buffer.concat([header, post]);
}

/** The whole answer to these bytes, sent piece by piece; undefined if there is none. */
async function ask(...pieces: readonly Buffer[]): Promise<{ code: number; text: string } | undefined> {
  const socket = connect({ path, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => socket.on("close", () => resolve()).on("end", () => socket.end()));
  socket.on("error", () => undefined); // cut off: no answer
  for (const piece of pieces) await new Promise<void>((resolve) => socket.write(piece, () => setImmediate(resolve)));
  await ended;
  const answer = Buffer.concat(chunks);
  if (answer.length === 0) return undefined;
  expect(answer.length).toBe(8 + answer.readUInt32LE(4));
  return { code: answer.readUInt32LE(0), text: answer.subarray(8).toString() };
}

const call = async (command: string, config: object = {}) => {
  const { code, text } = (await ask(frameOf(command, config)))!;
  return { code, value: text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>) };
};

test("an ADD is answered with its result, after what was queued before it", async () => {
  await serve();
  expect(await call("ADD")).toMatchObject({
    code: 0,
    value: { cniVersion: "1.0.0", ips: [{ address: "10.0.0.5/32" }] },
  });
  expect(asked).toEqual(["drain", "add c1"]);
});

test.each([
  ["DEL", "del c1 true"],
  ["CHECK", "check"],
  ["GC", "collect"],
])("a %s that went well has nothing to say", async (command, what) => {
  await serve();
  expect([await call(command), asked]).toEqual([{ code: 0, value: undefined }, ["drain", what]]);
});

test("a fault is told in the version that was asked for, with its code and the request's id", async () => {
  await serve();
  failure = new CniError(CniCode.exhausted, "no address for the workload", "pool is full");
  const { code, value } = await call("ADD", { cniVersion: "0.4.0" });
  expect([code, value]).toEqual([
    1,
    {
      cniVersion: "0.4.0",
      code: CniCode.exhausted,
      msg: "no address for the workload",
      details: expect.stringMatching(/^pool is full \(request \S+\)$/),
    },
  ]);
  const { values } = await seconds.get();
  expect(
    values.filter(({ metricName }) => metricName === "seconds_count").map(({ labels, value }) => [labels, value]),
  ).toEqual([[{ operation: "ADD", outcome: "error" }, 1]]);
});

test.each([
  ["ADD", { ipMasq: true }, CniCode.config],
  ["STATUS", { ipMasq: true }, CniCode.config],
])("a %s that asks for what nobody here does is refused", async (command, config, code) => {
  await serve();
  expect((await call(command, config)).value).toMatchObject({ code });
});

test("STATUS says at once whether anything can be attached", async () => {
  await serve();
  expect(await call("STATUS")).toEqual({ code: 0, value: undefined });
  problem = "no policy yet";
  expect((await call("STATUS")).value).toMatchObject({
    code: CniCode.notAvailable,
    details: expect.stringContaining("no policy yet"),
  });
});

test("an ADD waits for the node to be ready, and so do the deletions that wait before it", async () => {
  problem = "no policy yet";
  await serve();
  const added = call("ADD");
  await expect.poll(() => asked).toEqual([]);
  problem = undefined;
  await expect
    .poll(() => {
      readiness.look();
      return asked;
    })
    .toEqual(["drain", "add c1"]);
  expect((await added).code).toBe(0);
});

test("a queue that an ADD was first to look through is looked at now and then, not without a pause", async () => {
  await server.listen();
  await call("ADD");
  running = server.run(stop.signal);
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toEqual(["drain", "add c1", "drain"]);
});

test("a node that was ready once detaches at once, whatever its problem is now", async () => {
  await serve();
  problem = "the API is away";
  expect([await call("DEL"), asked]).toEqual([{ code: 0, value: undefined }, ["drain", "del c1 true"]]);
});

test("a request may come in pieces; what is too long or torn has no answer, and keeps nobody else from one", async () => {
  await serve();
  const frame = frameOf("DEL");
  expect(await ask(frame.subarray(0, 2), frame.subarray(2, 9), frame.subarray(9))).toEqual({ code: 0, text: "" });
  const huge = Buffer.alloc(4);
  huge.writeUInt32LE(2 * 1024 * 1024 + 1);
  expect(await ask(huge)).toBeUndefined();
  expect((await call("DEL")).code).toBe(0);
});

test("what cannot even be read is told in the newest version", async () => {
  await serve();
  const header = Buffer.alloc(4);
  header.writeUInt32LE(3);
  const answer = await ask(Buffer.concat([header, Buffer.from("A=B")]));
  expect([answer?.code, JSON.parse(answer!.text)]).toEqual([
    1,
    expect.objectContaining({ cniVersion: "1.1.0", code: CniCode.io }),
  ]);
});
