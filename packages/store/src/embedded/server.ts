import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { writeStateFile } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { canReach, postgresAccount } from "./account.ts";
import type { Account } from "./account.ts";
import { postgresBinaries } from "./binaries.ts";
import { initCluster } from "./init.ts";
import { stopOrphan } from "./orphan.ts";
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

export interface EmbeddedPostgres {
  /** With the password in it. */
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** The postmaster's process id; undefined between a crash and the restart. */
  readonly pid: number | undefined;
  /** Called each time it ends without being asked to; it is then started again by itself. */
  onExit(listener: (why: string) => void): void;
  restart(): Promise<void>;
  /** Disconnects everyone, writes everything, ends. */
  stop(): Promise<void>;
}

/** Makes a cluster in `dataDir` if there is none, starts it on loopback, and keeps it running. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, fsync = true } = options;
  const account = postgresAccount(options.user);
  const folder = reachableFolder(resolve(options.dataDir), account, log);
  const bin = postgresBinaries(account, log);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const data = join(folder, "data");
  const password = await readPassword(join(folder, "password"));
  await stopOrphan(data, log);
  if (!existsSync(join(data, "PG_VERSION"))) await initCluster({ bin, data, password, user: USER, account, fsync });
  const port = options.port === undefined || options.port === 0 ? await freePort() : options.port;
  const postmaster = new Postmaster({ bin, data, account, log, port, fsync, user: USER, password });
  await postmaster.start();
  log.info("database ready", { port, folder, user: account?.name ?? "own" });
  return {
    url: postmaster.url,
    port,
    folder,
    get pid() {
      return postmaster.pid;
    },
    onExit: (listener) => postmaster.onExit(listener),
    restart: () => postmaster.restart(),
    stop: () => postmaster.stop(),
  };
}

function reachableFolder(wanted: string, account: Account | undefined, log: Logger): string {
  if (canReach(wanted, account)) return wanted;
  const id = createHash("sha256").update(wanted).digest("hex").slice(0, 12);
  const folder = join("/var/lib/percale", `postgres-${id}`);
  log.info("the database lives elsewhere: its account can't enter a folder above the one asked for", {
    wanted,
    folder,
    account: account?.name,
  });
  mkdirSync("/var/lib/percale", { recursive: true, mode: 0o755 });
  return folder;
}

/** Made once; only we and root can read it. */
async function readPassword(path: string): Promise<string> {
  if (!existsSync(path)) await writeStateFile(path, randomBytes(24).toString("base64url"));
  return readFileSync(path, "utf8");
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo; // TCP, so never a path
  probe.close();
  await once(probe, "close");
  return port;
}

/** Removes a throw-away cluster. */
export function removeCluster({ folder }: EmbeddedPostgres): void {
  rmSync(folder, { recursive: true, force: true });
}
