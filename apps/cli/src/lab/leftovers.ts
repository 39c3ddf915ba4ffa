/** What an earlier lab of the same data directory left, whether it was stopped or killed: found by name and mark, never by guess. */
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { deleteNetns, netnsPath } from "@percale/kernel";
import { LAB_MARK } from "../config.ts";
import { netnsName } from "./fabric.ts";

const NETNS_DIR = "/run/netns";
const GRACE_MS = 2_000;

/** Ends the lab's processes and deletes its namespaces. Returns how many of each there were. */
export async function removeLeftovers(
  labId: string,
): Promise<{ readonly processes: number; readonly namespaces: number }> {
  const names = labNamespaces(labId);
  const inodes = new Set(names.map((name) => statSync(netnsPath(name)).ino));
  const pids = labProcesses(labId, inodes);
  await endProcesses(pids);
  for (const name of names) deleteNetns(name);
  return { processes: pids.length, namespaces: names.length };
}

export function labNamespaces(labId: string): string[] {
  try {
    return readdirSync(NETNS_DIR).filter((name) => name.startsWith(netnsName(labId, "")));
  } catch {
    return []; // nobody made a namespace yet
  }
}

/** Processes that carry the lab's mark or live in one of its namespaces; never this one or those above it. */
export function labProcesses(labId: string, netnsInodes: ReadonlySet<number>): number[] {
  const own = ancestors();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => !own.has(pid) && (isMarked(pid, labId) || netnsInodes.has(netnsOf(pid))));
}

async function endProcesses(pids: readonly number[]): Promise<void> {
  for (const pid of pids) signal(pid, "SIGTERM");
  for (let waited = 0; waited < GRACE_MS && pids.some(isAlive); waited += 50) await delay(50);
  for (const pid of pids.filter(isAlive)) signal(pid, "SIGKILL");
  for (let waited = 0; waited < GRACE_MS && pids.some(isAlive); waited += 20) await delay(20);
}

function isMarked(pid: number, labId: string): boolean {
  return readProc(pid, "environ").split("\0").includes(`${LAB_MARK}=${labId}`);
}

function netnsOf(pid: number): number {
  try {
    return Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[0] ?? -1);
  } catch {
    return -1; // ended meanwhile, or not ours to look at
  }
}

function ancestors(): Set<number> {
  const pids = new Set<number>();
  for (let pid = process.pid; pid > 1 && !pids.has(pid);) {
    pids.add(pid);
    pid = Number(/^PPid:\s*(\d+)/m.exec(readProc(pid, "status"))?.[1] ?? 0);
  }
  return pids;
}

function isAlive(pid: number): boolean {
  return /^State:\s*[^ZX]/m.test(readProc(pid, "status"));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // ended by itself
  }
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
