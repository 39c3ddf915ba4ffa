/**
 * What the agent costs, measured on a real agent process in a network namespace of its own (root, or a user namespace):
 * `node apps/node-agent/bench/agent.ts`. The server is in this process, so the store and the API are not in the figures.
 */
import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "../src/api/client.ts";
import { Latencies } from "../src/calculation/latencies.ts";
import { LOAD_NODE, loadSet, policyLoad } from "../../../packages/policy/bench/load.ts";
import { TestNode, until } from "../src/testdata/test-node.ts";
import { TestServer } from "../src/testdata/test-server.ts";
import { STALL_MS } from "@percale/daemon";
import { atMost } from "@percale/testkit";
import type { Figure } from "@percale/testkit";

/** Policies, seconds to the kernel's commit, MB of the agent. */
const LOADS = [
  [100, 0.05, 90],
  [1_000, 0.15, 120],
  [10_000, 0.6, 250],
] as const;
const MEMBER_CHANGES = 500;
/** Until the next regular status report. */
const SETTLE_MS = 10_500;
const ADDS = 40;
const POOL = {
  apiVersion: "projectcalico.org/v3",
  kind: "IPPool",
  metadata: { name: "bench" },
  spec: { cidr: "10.77.0.0/16", blockSize: 26 },
};

export async function benchAgent(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [policies, seconds, megabytes] of LOADS) {
    await withAgent(policies, async ({ server, node }) => {
      const first = server.statuses.find(({ programmedRevision }) => programmedRevision > 0)!;
      await pause(SETTLE_MS);
      const rssBytes = server.statuses.at(-1)!.rssBytes;
      const n = policies.toLocaleString("en");
      figures.push(atMost(`agent: ${n} policies, in sync to committed`, first.applyMs.p99 / 1000, "s", seconds));
      figures.push(atMost(`agent: RSS with ${n} policies`, rssBytes / 2 ** 20, "MB", megabytes));
      if (policies === 10_000) {
        figures.push(await longestStall(node, n));
        figures.push(await memberChange(server, policies));
      }
    });
  }
  figures.push(await cniAdd());
  return figures;
}

/** From the agent's start until all is in the kernel, garbage collected and told. */
async function longestStall(node: TestNode, policies: string): Promise<Figure> {
  const { body } = await node.health("/metrics");
  const seconds = /^percale_event_loop_longest_stall_seconds (\S+)$/m.exec(body)?.[1];
  return atMost(`agent: longest stall with ${policies} policies`, Number(seconds) * 1000, "ms", STALL_MS);
}

async function memberChange(server: TestServer, policies: number): Promise<Figure> {
  for (let i = 1; i <= MEMBER_CHANGES; i++) {
    server.write([loadSet((i * 37) % policies, i)]);
    await pause(6);
  }
  await until("all changes programmed", () => server.statuses.at(-1)?.programmedRevision === server.revision);
  // The window also holds the first load: one value in the slowest hundredth.
  return atMost("agent: one member of 10,000 policies, p99", server.statuses.at(-1)!.applyMs.p99, "ms", 5);
}

/** Through all that is real: client, agent, API server, Postgres. */
async function cniAdd(): Promise<Figure> {
  const tookMs = new Latencies(ADDS);
  await withApi(async (folder) => {
    const socket = join(folder, "api.sock");
    const caFile = join(folder, "pki/ca.crt");
    const api = await ApiClient.open({
      url: "https://localhost",
      socketPath: socket,
      caFile,
      tokenFile: join(folder, "admin-token"),
    });
    const node = new TestNode(LOAD_NODE);
    try {
      await api.apply({ changes: [{ op: "create", object: POOL }], reason: "bench" });
      copyFileSync(join(folder, "admin-token"), join(node.directory, "token"));
      node.start([`--api-socket=${socket}`, `--ca-file=${caFile}`, "--no-bgp"]);
      await until("ready", async () => (await node.health("/readyz")).status === 200, 60_000);
      for (let i = 0; i < ADDS; i++) {
        node.container(`c${i}`);
        const startedAt = performance.now();
        const { code, output } = await node.cni("ADD", `c${i}`);
        tookMs.add(performance.now() - startedAt);
        if (code !== 0) throw new Error(`CNI ADD: ${output}`);
      }
    } finally {
      await node.remove();
      api.close();
    }
  });
  return atMost("CNI ADD, p50", tookMs.summary().p50, "ms", 40);
}

/** A real API server in a process of its own, on the database of DATABASE_URL or one of its own. */
async function withApi(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "percale-bench-api-"));
  chmodSync(folder, 0o755); // the database's account must get through, else its data lives elsewhere and stays
  const main = join(import.meta.dirname, "../../api/src/main.ts");
  const api = spawn(process.execPath, [main, `--data=${folder}`, "--port=0"], { stdio: "ignore" });
  const ended = new Promise((resolve) => api.once("exit", resolve));
  try {
    await until("the API serves", () => api.exitCode === null && existsSync(join(folder, "api.sock")), 60_000);
    await run(folder);
  } finally {
    api.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withAgent(
  policies: number,
  run: (parts: { server: TestServer; node: TestNode }) => Promise<void>,
): Promise<void> {
  const server = new TestServer();
  const node = new TestNode(LOAD_NODE);
  try {
    server.seed(policyLoad(policies));
    await server.listen(node.apiSocket);
    node.start(["--no-bgp"]);
    await until("programmed", () => server.statuses.some(({ programmedRevision }) => programmedRevision > 0), 60_000);
    await run({ server, node });
  } finally {
    await node.remove();
    await server.close();
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) console.table(await benchAgent());
