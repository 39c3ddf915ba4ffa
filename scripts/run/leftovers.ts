/** What a killed supervisor left running: ended before the next run starts, which wants the same ports and the same lab. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { processOf } from "./lock.ts";

// The lab detaches its workloads while the API still answers.
const ORDER = ["lab", "web", "api"];
const GRACE_MS = 20_000;
const PAUSE_MS = 50;

/** Where a service's pid file lives. */
export function pidFile(dataDir: string, name: string): string {
  const folder = join(dataDir, "run");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${name}.pid`);
}

/** Call it with the lock held. */
export async function endLeftovers(dataDir: string, say: (text: string) => void): Promise<void> {
  for (const name of ORDER) {
    const path = pidFile(dataDir, name);
    const pid = processOf(path);
    if (pid !== undefined) {
      say(`ending ${name} (process ${pid}) of an earlier run`);
      await end(path, pid);
    }
    rmSync(path, { force: true });
  }
}

async function end(path: string, pid: number): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    process.kill(pid, signal);
    for (let waitedMs = 0; waitedMs < GRACE_MS; waitedMs += PAUSE_MS) {
      if (processOf(path) === undefined) return;
      await delay(PAUSE_MS);
    }
  }
}
