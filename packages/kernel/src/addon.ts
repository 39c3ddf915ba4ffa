import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { getSystemErrorMap } from "node:util";
import { addonPath, buildAddon } from "../build.mjs";

/** The native functions (native/*.c). A negative result is -errno. */
interface Addon {
  closeFd(fd: number): number;
  lockFile(path: string): number;
  peerCredentials(fd: number): [pid: number, uid: number, gid: number] | number;
  netlinkOpen(protocol: number, netnsPath: string | undefined, sendBytes: number, receiveBytes: number): number;
  netlinkPort(fd: number): number;
  netlinkMembership(fd: number, group: number, join: boolean): number;
  netlinkSend(fd: number, bytes: Uint8Array, length: number): number;
  netlinkSendAside(fd: number, bytes: Uint8Array, length: number): Promise<number>;
  netlinkReceive(fd: number, bytes: Uint8Array, timeoutMs: number): number;
  inNetns<T>(path: string | undefined, run: () => T): T | number;
  netnsCreate(path: string): number;
  netnsDelete(path: string): number;
  shareMounts(path: string): number;
  pollStart(fd: number, callback: () => void, keepAlive: boolean): unknown;
  pollStop(handle: unknown): void;
}

let loaded: Addon | undefined;

/** Loads the addon at first use; builds it first where nobody has (a fresh checkout, changed sources). */
export function addon(): Addon {
  if (loaded !== undefined) return loaded;
  const path = addonPath();
  const load = createRequire(import.meta.url);
  loaded = load(existsSync(path) ? path : buildAddon()) as Addon; // the one place where the untyped module is named
  return loaded;
}

/** A system call that the kernel refused. */
export class KernelError extends Error {
  override readonly name = "KernelError";
  /** The call, with what it was about: `RTM_NEWLINK veth0`. */
  readonly call: string;
  /** Positive errno. */
  readonly errno: number;
  /** `ENOENT`, … */
  readonly code: string;

  /** `detail` is the kernel's own words (extended ack), if any. */
  constructor(call: string, errno: number, detail?: string) {
    const [code, text] = getSystemErrorMap().get(-errno) ?? [MISSING_CODES[errno] ?? `errno ${errno}`, ""];
    super(`${call}: ${text || code}${detail === undefined ? "" : ` (${detail})`}`);
    this.call = call;
    this.errno = errno;
    this.code = code;
  }
}

/** Errors that Node's table lacks and netlink uses. */
const MISSING_CODES: Readonly<Record<number, string>> = { 31: "EMLINK", 85: "ERESTART", 116: "ESTALE", 44: "ECHRNG" };

/** The result of a native call; throws KernelError for a negative one. */
export function checked(call: string, result: number): number {
  if (result < 0) throw new KernelError(call, -result);
  return result;
}

export function isKernelError(error: unknown, ...codes: string[]): error is KernelError {
  return error instanceof KernelError && (codes.length === 0 || codes.includes(error.code));
}
