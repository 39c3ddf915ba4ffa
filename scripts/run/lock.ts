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
      writeFileSync(path, identityOf(process.pid), { flag: "wx", mode: 0o600 });
      return undefined;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const holder = processOf(path);
    if (holder !== undefined) return holder;
    rmSync(path, { force: true });
  }
}

export function releaseLock(dataDir: string): void {
  rmSync(lockPath(dataDir), { force: true });
}

/** What a pid file holds. A pid is used again some day; its start time tells whether it is still the same process. */
export function identityOf(pid: number): string {
  return `${pid} ${startTime(pid) ?? ""}\n`;
}

/** The process that a pid file names; undefined if it has ended, or there is no such file. */
export function processOf(path: string): number | undefined {
  const [pid = "", started = ""] = readIdentity(path).trim().split(" ");
  return started !== "" && startTime(Number(pid)) === started ? Number(pid) : undefined;
}

function lockPath(dataDir: string): string {
  return join(dataDir, "supervisor.pid");
}

function readIdentity(path: string): string {
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
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19]; // a zombie has ended already
  } catch {
    return undefined;
  }
}
