import type { Md5Refused } from "./ends.ts";

/** Longer than two of BIRD's attempts to connect: while a password is wrong, some are always counted. */
const WINDOW_MS = 60_000;

/** The kernel's counters since boot, out of `/proc/net/netstat`: a line of names, a line of values. Undefined without CONFIG_TCP_MD5SIG. */
export function md5RefusedOf(netstat: string): Md5Refused | undefined {
  const [names = [], values = []] = netstat
    .split("\n")
    .filter((line) => line.startsWith("TcpExt:"))
    .map((line) => line.split(" "));
  const [notFound, unexpected, failure] = ["TCPMD5NotFound", "TCPMD5Unexpected", "TCPMD5Failure"].map((name) =>
    names.includes(name) ? Number(values[names.indexOf(name)]) : undefined,
  );
  if (notFound === undefined || unexpected === undefined || failure === undefined) return undefined;
  return { notFound, unexpected, failure };
}

/** How far the counters went within the last minute. */
export class Md5Counter {
  #samples: readonly { readonly atMs: number; readonly total: Md5Refused }[] = [];

  note(total: Md5Refused, nowMs: number): Md5Refused {
    // The last one before the window is where it begins.
    const begin = this.#samples.findLastIndex(({ atMs }) => nowMs - atMs >= WINDOW_MS);
    this.#samples = [...this.#samples.slice(Math.max(0, begin)), { atMs: nowMs, total }];
    const from = this.#samples[0]!.total;
    return {
      notFound: total.notFound - from.notFound,
      unexpected: total.unexpected - from.unexpected,
      failure: total.failure - from.failure,
    };
  }
}
