import { randomBytes } from "node:crypto";
import { createNetns, deleteNetns, netnsPath } from "@percale/kernel";
import { readdirSync, readlinkSync, statSync } from "node:fs";

/**
 * Runs with namespaces of unique names, removed afterwards, whatever happened, with the processes in them.
 *
 *     await withNamespaces(["client", "server"], async ({ client, server }) => { … });
 */
export async function withNamespaces<N extends string, T>(
  parts: readonly N[],
  run: (nameByPart: Readonly<Record<N, string>>) => Promise<T>,
): Promise<T> {
  const prefix = `pt-${randomBytes(3).toString("hex")}`;
  // Every part gets its entry here, so the record is whole.
  const nameByPart = Object.fromEntries(parts.map((part) => [part, `${prefix}-${part}`])) as Record<N, string>;
  try {
    for (const part of parts) createNetns(nameByPart[part]);
    return await run(nameByPart);
  } finally {
    for (const part of parts) removeNamespace(nameByPart[part]);
  }
}

function removeNamespace(name: string): void {
  try {
    const { ino } = statSync(netnsPath(name));
    for (const pid of processesIn(ino)) if (pid !== process.pid) process.kill(pid, "SIGKILL");
  } catch {
    // it was not made, or a process ended by itself
  }
  deleteNetns(name);
}

function processesIn(inode: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && netnsOf(name) === `net:[${inode}]`)
    .map(Number);
}

function netnsOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return ""; // ended meanwhile
  }
}
