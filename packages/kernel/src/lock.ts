import { readFileSync, statSync } from "node:fs";
import { addon, checked } from "./addon.ts";

export interface LockHolder {
  readonly pid: number;
  readonly since: Date;
}

/**
 * Locks a file against every other process, until the returned function is called or this process ends, however it ends;
 * undefined if another has it. A namespace's file under /proc is one, too: its lock is the namespace's.
 */
export function takeLock(path: string): (() => void) | undefined {
  const fd = addon().lockFile(path);
  if (fd === -EAGAIN) return undefined;
  checked(`lock ${path}`, fd);
  return () => void addon().closeFd(fd);
}

/** The process that holds a lock; undefined if it has ended meanwhile, or lives where it cannot be seen. */
export function holderOf(path: string): LockHolder | undefined {
  const { ino } = statSync(path);
  // `1: FLOCK  ADVISORY  WRITE 123 00:04:4026531840 0 EOF`; the device is not always the one that stat tells.
  const [, pid] =
    new RegExp(String.raw`FLOCK\s+ADVISORY\s+WRITE\s+(\d+)\s+\S+:${ino} `).exec(read("/proc/locks")) ?? [];
  const since = pid === undefined ? undefined : startOf(pid);
  return since === undefined ? undefined : { pid: Number(pid), since };
}

const EAGAIN = 11;
/** Of /proc/<pid>/stat; the same on every architecture that Linux shows to programs. */
const TICKS_PER_SECOND = 100;

function startOf(pid: string): Date | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  const bootSeconds = Number(/^btime (\d+)/m.exec(read("/proc/stat"))?.[1]);
  const since = new Date((bootSeconds + ticks / TICKS_PER_SECOND) * 1000);
  return Number.isNaN(since.getTime()) ? undefined : since;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // ended meanwhile, or not for us to see
  }
}
