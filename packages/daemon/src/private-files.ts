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
  const before = process.umask(0o777 & ~OWNER_ONLY);
  try {
    server.once("error", reject).listen(path, () => {
      server.off("error", reject);
      resolve();
    }); // binds before it returns
  } finally {
    process.umask(before);
  }
  return promise;
}
