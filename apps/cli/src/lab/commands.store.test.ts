import { mkdirSync } from "node:fs";
import type { Server } from "node:net";
import { dirname } from "node:path";
import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { labSocket } from "./places.ts";
import { run } from "../testdata/run.ts";
import type { Ran } from "../testdata/run.ts";
import type { ControlRequest, ProbeAnswer } from "./control.ts";
import { serveControl } from "./control.ts";
import type { LabStatus } from "./status.ts";
import type { ProbeResult } from "./workload-process.ts";

let api: TestApi;
let daemon: Server | undefined;
beforeAll(async () => {
  api = await startAnyApi();
  mkdirSync(dirname(labSocket(api.dataDir)), { recursive: true });
});
afterAll(() => api.stop());
afterEach(() => void daemon?.close());

const percale = (...argv: readonly string[]): Promise<Ran> =>
  run(readConfig({ PERCALE_DATA: api.dataDir }), "lab", ...argv);

/** A daemon that answers as it is told, and what it was asked. */
async function lab(answer: (request: ControlRequest) => unknown): Promise<ControlRequest[]> {
  const asked: ControlRequest[] = [];
  daemon = await serveControl(labSocket(api.dataDir), async (request) => {
    asked.push(request);
    return answer(request);
  });
  return asked;
}

const status: LabStatus = {
  state: "ready",
  progress: "ready",
  rootless: false,
  daemonPid: 1,
  nodes: [
    { name: "n1", addresses: ["172.30.10.11", "fdc0:30:10::11"], agent: "running", agentPid: 41, agentRestarts: 2 },
    { name: "n2", addresses: ["172.30.10.12"], agent: "starting", agentRestarts: 0 },
  ],
  workloads: [
    {
      name: "cart",
      namespace: "shop",
      node: "n1",
      addresses: ["10.65.0.1"],
      labels: {},
      ports: [8080, 9100].map((port) => ({ name: `p${port}`, protocol: "TCP", port })),
      pid: 42,
    },
  ],
  outside: {
    name: "outside",
    addresses: ["172.30.10.100"],
    ports: [{ name: "https", protocol: "TCP", port: 443 }],
    pid: 43,
  },
};

test("status shows nodes, workloads and the outside host", async () => {
  await lab(() => status);
  expect(await percale("status")).toEqual({
    code: 0,
    err: "",
    out: `\
Lab: ready

NODE   ADDRESSES                      AGENT      PID   RESTARTS
n1     172.30.10.11, fdc0:30:10::11   running    41    2
n2     172.30.10.12                   starting   -     0

WORKLOAD   NAMESPACE   NODE   ADDRESSES       PORTS
cart       shop        n1     10.65.0.1       8080, 9100
outside    -           -      172.30.10.100   443
`,
  });
  expect(JSON.parse((await percale("status", "-o", "json")).out)).toStrictEqual({
    ...status,
    health: { conditions: [] },
  });
});

test("of a lab that is not ready it is said what it is busy with", async () => {
  await lab(() => ({ ...status, state: "starting", progress: "starting agents", outside: undefined }));
  const { out } = await percale("status");
  expect([out.split("\n")[0], out.includes("outside")]).toStrictEqual(["Lab: starting, starting agents", false]);
});

const probed = (result: ProbeResult, more: Partial<ProbeAnswer> = {}): ProbeAnswer => ({
  from: "cart",
  to: "outside",
  source: undefined,
  address: "172.30.10.100",
  port: 443,
  protocol: "tcp",
  result,
  ...more,
});

test.each<[ProbeAnswer, number, string]>([
  [
    probed({ kind: "open", tookMs: 1.25, answeredBy: "x" }),
    0,
    "allowed  cart (?) → outside tcp 172.30.10.100:443: answered in 1.3 ms",
  ],
  [
    probed({ kind: "closed", tookMs: 1 }),
    0,
    "allowed  cart (?) → outside tcp 172.30.10.100:443: reached in 1.0 ms, nothing listens there",
  ],
  [
    probed({ kind: "rejected", tookMs: 1 }),
    1,
    "denied   cart (?) → outside tcp 172.30.10.100:443: refused on the way after 1.0 ms",
  ],
  [
    probed({ kind: "timeout", tookMs: 700.4 }),
    1,
    "denied   cart (?) → outside tcp 172.30.10.100:443: no answer in 700 ms",
  ],
  [
    probed({ kind: "timeout", tookMs: 700 }, { address: "fdc0::1" }),
    1,
    "denied   cart (?) → outside tcp [fdc0::1]:443: no answer in 700 ms",
  ],
  [
    probed({ kind: "timeout", tookMs: 700 }, { protocol: "icmp" }),
    1,
    "denied   cart (?) → outside icmp 172.30.10.100: no answer in 700 ms",
  ],
])("a probe that is answered %j ends with %i", async (answer, code, words) => {
  await lab(() => answer);
  expect(await percale("probe", "cart", "outside")).toEqual({ code, out: `${words}\n`, err: "" });
});

test("a probe asks for what was typed", async () => {
  const asked = await lab(() => probed({ kind: "timeout", tookMs: 1 }));
  await percale("probe", "cart", "outside");
  await percale("probe", "cart", "outside", "--port", "80", "--proto", "UDP", "-6");
  const question = { verb: "probe", from: "cart", to: "outside", timeoutMs: 700 };
  expect(asked).toStrictEqual([
    { ...question, protocol: "tcp" },
    { ...question, protocol: "udp", port: 80, family: 6 },
  ]);
});

test("a probe that could not be tried is neither allowed nor denied", async () => {
  await lab(() => probed({ kind: "error", detail: "no such device" }));
  expect(await percale("probe", "cart", "outside")).toEqual({
    code: 2,
    out: "",
    err: "could not try: no such device\n",
  });
});

test.each<[Partial<ProbeAnswer>, string]>([
  [{ protocol: "tcp" }, "TCP port 443"],
  [{ protocol: "udp" }, "UDP port 443"],
  [{ protocol: "icmp" }, "ICMP"],
  [{ protocol: "icmp", source: "fdc0::1", address: "fdc0::2" }, "ICMPv6"],
])("beside what the kernel did with %j stands what the policies say", async (more, words) => {
  await lab(() => probed({ kind: "open", tookMs: 1, answeredBy: "x" }, { source: "192.0.2.1", ...more }));
  const [, ladder] = (await percale("probe", "cart", "outside")).out.split("\n");
  expect(ladder).toMatch(new RegExp(`^(allow|deny): \\S+ → \\S+, ${words}, at revision \\d+$`));
});

test("up waits until the lab is ready, and tells each step once", async () => {
  const steps = ["starting agents", "starting agents", "attaching workloads", "ready"];
  await lab(() => {
    const progress = steps.shift() ?? "ready";
    return { ...status, progress, state: progress === "ready" ? "ready" : "starting" };
  });
  expect(await percale("up")).toEqual({ code: 0, err: "", out: "  starting agents\n  attaching workloads\n  ready\n" });
  expect(await percale("up")).toEqual({ code: 0, err: "", out: "The lab is up already.\n" });
});

test("down asks the daemon to stop; without one there is nothing left to do", async () => {
  const asked = await lab(({ verb }) => (verb === "status" ? status : { stopped: true }));
  const done = { code: 0, err: "", out: "The lab is down.\n" };
  expect(await percale("down")).toEqual(done);
  expect(asked.map(({ verb }) => verb)).toStrictEqual(["status", "stop"]);
  daemon?.close();
  expect(await percale("down")).toEqual(done);
});

test.each([
  [["status"], 2, "no lab is running: percale lab up"],
  [["probe", "a", "b", "--proto", "sctp"], 2, "--proto must be tcp, udp or icmp, got sctp"],
])("without a lab %j is refused", async (argv, code, words) => {
  expect(await percale(...argv)).toEqual({ code, out: "", err: `${words}\n` });
});

test("a command in a workload that there is not is told which there are", async () => {
  await lab(() => status);
  expect(await percale("exec", "carts", "--", "true")).toEqual({
    code: 2,
    out: "",
    err: "no workload called carts; there are cart; did you mean cart?\n",
  });
});
