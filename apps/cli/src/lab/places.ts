/** Where a lab keeps what is its own. */
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Six characters that tell the labs of two data directories apart: part of every namespace's name. */
export function labId(dataDir: string): string {
  return createHash("sha256").update(resolve(dataDir)).digest("hex").slice(0, 6);
}

/** Where the lab keeps its sockets and its nodes' files. A unix socket's path has 107 bytes: a deep data directory gets a short one elsewhere. */
export function labFolder(dataDir: string): string {
  const path = join(dataDir, "lab");
  return Buffer.byteLength(path) <= 72 ? path : join(tmpdir(), `percale-lab-${labId(dataDir)}`);
}

/** The API's unix socket, for agents in namespaces without a way to its TCP port. */
export function apiSocket(dataDir: string): string {
  return join(dataDir, "api.sock");
}

export function labSocket(dataDir: string): string {
  return join(labFolder(dataDir), "lab.sock");
}
