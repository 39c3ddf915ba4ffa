/** What agents cost one API process: two hundred of them, with five thousand endpoints between them. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { atMost } from "@percale/testkit";
import type { Figure } from "@percale/testkit";
import { startApiProcess } from "../src/testdata/api-process.ts";
import type { ApiProcess } from "../src/testdata/api-process.ts";
import type { Findings, Task } from "./stream-agents.ts";

const NODES = 200;
const ENDPOINTS = 5_000;
const WRITES_PER_S = 100;
const SECONDS = 10;
/** What `/proc` counts processor time in: sysconf(_SC_CLK_TCK), which Linux has fixed for programs. */
const TICKS_PER_S = 100;

/** Agents and writers are one process, the server another: what is measured is the server alone. */
export async function benchStream(): Promise<Figure[]> {
  const api = await startApiProcess();
  const { url, token, ca } = api;
  const task: Task = { url, token, ca, nodes: NODES, endpoints: ENDPOINTS, perSecond: WRITES_PER_S, seconds: SECONDS };
  const agents = spawn(process.execPath, [join(import.meta.dirname, "stream-agents.ts"), JSON.stringify(task)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const lines = createInterface({ input: agents.stdout })[Symbol.asyncIterator]();
    /** Lets the agents go on to their next stage, and tells what that cost the server. */
    const stage = async (): Promise<{ findings: Findings; cpuSeconds: number; seconds: number }> => {
      const [before, startedAt] = [cpuSeconds(api), performance.now()];
      agents.stdin.write("\n");
      const line = await lines.next();
      if (line.done === true) throw new Error("the agents ended");
      const findings = JSON.parse(line.value) as Findings; // written by stream-agents.ts
      return { findings, cpuSeconds: cpuSeconds(api) - before, seconds: (performance.now() - startedAt) / 1000 };
    };
    await stage(); // the endpoints are made
    const joined = await stage();
    await stage(); // warm
    const live = await stage();
    console.error(`p50 ${live.findings.p50Ms.toFixed(1)} ms, ${live.findings.bytes} bytes to all while written to`);
    return [
      atMost("Stream: an agent's snapshot of 5,000 endpoints", joined.findings.bytes / NODES / 1e6, "MB", 0.2),
      atMost("Stream: 200 snapshots, CPU", joined.cpuSeconds, "s", 2),
      atMost("Stream: 200 agents at 100 writes/s, CPU", live.cpuSeconds / live.seconds, "cores", 0.3),
      atMost("Stream: write acknowledged → at 200 agents, p99", live.findings.p99Ms, "ms", 50),
    ];
  } finally {
    agents.kill();
    await api.stop();
  }
}

/** Of all its threads, user and system. */
function cpuSeconds({ child }: ApiProcess): number {
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const [utime, stime] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13); // proc_pid_stat(5)
  return (Number(utime) + Number(stime)) / TICKS_PER_S;
}

if (process.argv[1] === import.meta.filename) console.log(await benchStream());
