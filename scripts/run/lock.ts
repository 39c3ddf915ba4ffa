/** One supervisor per data directory. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The pid of the supervisor that runs already; undefined once the lock is ours. */
export function takeLock(dataDir: string): number | undefined {
  // The database runs under an account of its own and must pass through; every secret in here is 0600.
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  const path = lockPath(dataDir);
  for (;;) {
    try {
      writeFileSync(path, `${process.pid} ${startTime(process.pid)}\n`, { flag: "wx" });
      return undefined;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const [pid = "0", started] = readLock(path).split(" ");
    // A pid is used again some day; its start time tells whether it is still the same process.
    if (started !== undefined && startTime(Number(pid)) === started.trim()) return Number(pid);
    rmSync(path, { force: true });
  }
}

export function releaseLock(dataDir: string): void {
  rmSync(lockPath(dataDir), { force: true });
}

function lockPath(dataDir: string): string {
  return join(dataDir, "supervisor.pid");
}

function readLock(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // gone meanwhile
  }
}

/** In clock ticks since boot, as text; undefined if there is no such process. */
function startTime(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
