import { closeSync, mkdirSync, openSync, statSync, writeFileSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { addon, checked, KernelError } from "./addon.ts";

/** Where `ip netns` keeps named namespaces. */
const NETNS_DIR = "/run/netns";

/** The file of a namespace given by name (in /run/netns) or already by path. */
export function netnsPath(nameOrPath: string): string {
  return nameOrPath.includes("/") ? nameOrPath : join(NETNS_DIR, nameOrPath);
}

/** Equal for two paths exactly if both lead to one namespace, however they are mounted. Node's file errors if there is none. */
export function netnsIdentity(nameOrPath = "/proc/self/ns/net"): string {
  const { dev, ino } = statSync(netnsPath(nameOrPath));
  return `${dev}:${ino}`;
}

/** A new namespace that outlives this process, visible to `ip netns`. EEXIST if the name is taken. */
export function createNetns(nameOrPath: string): string {
  const path = netnsPath(nameOrPath);
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  checked(`share mounts of ${directory}`, addon().shareMounts(directory));
  try {
    closeSync(openSync(path, "wx", 0o444));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw new KernelError(`create network namespace ${basename(path)}`, 17);
    throw error;
  }
  const result = addon().netnsCreate(path);
  if (result < 0) addon().netnsDelete(path);
  checked(`create network namespace ${basename(path)}`, result);
  return path;
}

/** Forgets the name; the namespace itself ends with its last process and socket. False if there was none. */
export function deleteNetns(nameOrPath: string): boolean {
  const result = addon().netnsDelete(netnsPath(nameOrPath));
  if (result === -2) return false;
  checked(`delete network namespace ${nameOrPath}`, result);
  return true;
}

/**
 * Runs a synchronous function with this thread in the namespace. Sockets it makes, files it opens under /proc/sys/net
 * and processes it spawns belong there. Never await inside: the thread would be back home after the first tick.
 */
export function inNetns<T>(nameOrPath: string | undefined, run: () => T): T {
  if (nameOrPath === undefined) return run();
  const outcome: { value?: T; ran: boolean } = { ran: false };
  const result = addon().inNetns(netnsPath(nameOrPath), () => {
    outcome.ran = true;
    outcome.value = run();
  });
  if (!outcome.ran) checked(`enter network namespace ${nameOrPath}`, Number(result));
  return outcome.value as T; // set whenever run() returned; when it threw, so did inNetns
}

/** `path` below /proc/sys with slashes (an interface name may hold a dot): `net/ipv4/ip_forward`. Throws Node's file errors. */
export function writeSysctl(path: string, value: string | number, options: { readonly netns?: string } = {}): void {
  inNetns(options.netns, () => writeFileSync(join("/proc/sys", path), String(value)));
}

export function readSysctl(path: string, options: { readonly netns?: string } = {}): string {
  return inNetns(options.netns, () => readFileSync(join("/proc/sys", path), "utf8")).trim();
}
