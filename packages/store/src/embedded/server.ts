import { chownSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Logger } from "@percale/daemon";
import { postgresAccount } from "./account.ts";
import { postgresBinaries } from "./binaries.ts";
import { initCluster } from "./init.ts";
import { stopOrphan } from "./orphan.ts";
import { clusterFolder, clusterPassword, onFreePort, REACHABLE } from "./place.ts";
import { Postmaster } from "./postmaster.ts";

const USER = "percale";

export interface EmbeddedPostgresOptions {
  /** Created if missing. When its parents bar the database's account, another folder is used and `folder` says which. */
  readonly dataDir: string;
  readonly log: Logger;
  /** Who runs it if we are root; default: percale, postgres or nobody, the first there is. */
  readonly user?: string;
  /** 0 or absent: one that is free now. It stays the same over restarts. */
  readonly port?: number;
  /** False only for throw-away test databases. */
  readonly fsync?: boolean;
}

/** Makes a cluster in `dataDir` if there is none, starts it on loopback, and keeps it running. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<Postmaster> {
  const { log, fsync = true } = options;
  const account = postgresAccount(options.user);
  const wanted = resolve(options.dataDir);
  const folder = clusterFolder(wanted, account);
  if (folder !== wanted) {
    const why = "the database lives elsewhere: its account can't enter a folder above the one asked for";
    log.info(why, { wanted, folder, account: account?.name });
    mkdirSync(REACHABLE, { recursive: true, mode: 0o755 });
  }
  const bin = postgresBinaries(account, log);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const data = join(folder, "data");
  const password = await clusterPassword(join(folder, "password"));
  await stopOrphan(data, log);
  if (!existsSync(join(data, "PG_VERSION"))) await initCluster({ bin, data, password, user: USER, account, fsync });
  const { port = 0 } = options;
  const start = async (on: number): Promise<Postmaster> => {
    const postmaster = new Postmaster({ bin, data, account, log, port: on, fsync, user: USER, password });
    await postmaster.start();
    log.info("database ready", { port: on, folder, user: account?.name ?? "own" });
    return postmaster;
  };
  return port === 0 ? onFreePort(start) : start(port);
}

/** Removes a throw-away cluster. */
export function removeCluster({ folder }: Postmaster): void {
  rmSync(folder, { recursive: true, force: true });
}
