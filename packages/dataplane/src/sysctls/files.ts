import { inNetns, readSysctl, writeSysctl } from "@percale/kernel";
import type { Sysctl } from "./settings.ts";

/** /proc/sys/net of one network namespace. */
export interface SysctlFiles {
  /** Throws Node's file errors. */
  read(path: string): string;
  /** Writes what differs. Returns the paths that could not be written, but for optional ones. */
  write(sysctls: readonly Sysctl[]): readonly string[];
}

export function sysctlFiles(netns: string | undefined): SysctlFiles {
  return {
    read: (path) => readSysctl(path, netns === undefined ? {} : { netns }),
    write: (sysctls) => inNetns(netns, () => sysctls.flatMap((one) => (isWritten(one) ? [] : [one.path]))),
  };
}

function isWritten({ path, value, optional }: Sysctl): boolean {
  try {
    if (readSysctl(path) !== value) writeSysctl(path, value);
    return true;
  } catch {
    return optional === true; // what is not is told as a state or condition, and tried again
  }
}
