import { fchmodSync, mkdirSync, openSync } from "node:fs";
import type { Server } from "node:net";
import { dirname } from "node:path";

const OWNER_ONLY = 0o600;

/** A log to append to that its owner alone can read, also if it was there with another mode; the caller closes it. */
export function openLogFile(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fd = openSync(path, "a", OWNER_ONLY);
  fchmodSync(fd, OWNER_ONLY);
  return fd;
}

/** Listens on a unix socket that its owner alone can connect to, from its first moment on: a chmod afterwards would come late. */
export function listenPrivately(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  masked(0o777 & ~OWNER_ONLY, () =>
    server.once("error", reject).listen(path, () => {
      server.off("error", reject);
      resolve();
    }),
  );
  return promise;
}

/** What is created while `run` runs, and by the processes that it starts, is the owner's alone. For what happens before it returns. */
export function privately<T>(run: () => T): T {
  return masked(0o077, run);
}

function masked<T>(mask: number, run: () => T): T {
  const before = process.umask(mask);
  try {
    return run();
  } finally {
    process.umask(before);
  }
}
