import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@percale/daemon";

/**
 * Ends the server that an earlier run of ours, killed before it could stop it, left on this very folder. A process id that now
 * belongs to somebody else is left alone and only its lock file removed, which would keep Postgres from starting.
 */
export async function stopOrphan(data: string, log: Logger): Promise<void> {
  const lock = join(data, "postmaster.pid");
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, "utf8").split("\n")[0]);
  if (!isServerOf(pid, data)) return rmSync(lock, { force: true });
  log.warn("stopping a database left over from an earlier run", { pid });
  for (const [signal, waitMs] of [
    ["SIGINT", 10_000],
    ["SIGQUIT", 5_000],
  ] as const) {
    process.kill(pid, signal);
    for (const until = Date.now() + waitMs; Date.now() < until; await delay(20)) if (!isServerOf(pid, data)) return;
  }
  throw new Error(`a database (process ${pid}) holds ${data} and does not stop: end it by hand`);
}

function isServerOf(pid: number, data: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return (words[0]?.endsWith("/postgres") ?? false) && words.includes(data);
  } catch {
    return false; // no such process
  }
}
