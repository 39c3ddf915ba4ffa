import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { writeStateFile } from "@percale/daemon";
import { canReach } from "./account.ts";
import type { Account } from "./account.ts";

/** For what may not lie below a folder that bars the database's account, such as /root. */
export const REACHABLE = "/var/lib/percale";

/** Where a cluster lives that is wanted at a path: there, or, where its account cannot get there, at a place of its own for that path. */
export function clusterFolder(wanted: string, account: Account | undefined): string {
  if (canReach(wanted, account)) return wanted;
  return join(REACHABLE, `postgres-${createHash("sha256").update(wanted).digest("hex").slice(0, 12)}`);
}

/** Made once; only we and root can read it. */
export async function clusterPassword(path: string): Promise<string> {
  if (!existsSync(path)) await writeStateFile(path, randomBytes(24).toString("base64url"));
  return readFileSync(path, "utf8");
}

const PORT_TRIES = 5;

/** Starts a server on a port that nobody has; on another one where somebody took it in the meantime, as any connection may. */
export async function onFreePort<T>(start: (port: number) => Promise<T>, choose = freePort): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await start(await choose());
    } catch (error) {
      if (tries === PORT_TRIES || !isTaken(error)) throw error;
    }
  }
}

/** In the words of Postgres and of Node. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && /address already in use/i.test(error.message);
}

/** One on loopback that nobody has now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo; // TCP, so never a path
  probe.close();
  await once(probe, "close");
  return port;
}
