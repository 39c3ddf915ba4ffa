import { addon, checked } from "./addon.ts";

export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Who is at the other end of a connected unix socket, as the kernel knows it. */
export function peerCredentials(fd: number): PeerCredentials {
  const result = addon().peerCredentials(fd);
  if (typeof result === "number") checked("SO_PEERCRED", result);
  const [pid, uid, gid] = result as [number, number, number]; // a number has thrown
  return { pid, uid, gid };
}
