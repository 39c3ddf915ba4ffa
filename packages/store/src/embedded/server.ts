import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { untilDone, writeStateFile } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { canReach, postgresAccount } from "./account.ts";
import type { Account } from "./account.ts";
import { postgresBinaries } from "./binaries.ts";
import { initCluster } from "./init.ts";
import { stopOrphan } from "./orphan.ts";
import { renderParameters } from "./parameters.ts";

const USER = "percale";
const READY_MS = 60_000; // recovery after a crash takes time
const STOP_MS = 20_000;

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
  const server = new Server({ bin, data, account, log, port, fsync, password });
  await server.start();
  log.info("database ready", { port, folder, user: account?.name ?? "own" });
  return server.face(folder);
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

interface ServerOptions {
  readonly bin: string;
  readonly data: string;
  readonly account: Account | undefined;
  readonly log: Logger;
  readonly port: number;
  readonly fsync: boolean;
  readonly password: string;
}

class Server {
  readonly #options: ServerOptions;
  readonly #listeners = new Set<(why: string) => void>();
  readonly url: string;
  #child: ChildProcess | undefined;
  /** Aborted while it shall not run. */
  #unwanted = new AbortController();
  #restarting: Promise<void> | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.url = `postgresql://${USER}:${options.password}@127.0.0.1:${options.port}/postgres`;
  }

  face(folder: string): EmbeddedPostgres {
    const pid = (): number | undefined => this.#child?.pid;
    return {
      url: this.url,
      port: this.#options.port,
      folder,
      get pid() {
        return pid();
      },
      onExit: (listener) => void this.#listeners.add(listener),
      restart: async () => {
        await this.stop();
        this.#unwanted = new AbortController();
        await this.start();
      },
      stop: () => this.stop(),
    };
  }

  async start(): Promise<void> {
    const { bin, data, account, port, fsync, log } = this.#options;
    const child = spawn(join(bin, "postgres"), ["-D", data, ...renderParameters({ port, fsync, data })], {
      cwd: data,
      env: { NODE_ENV: "production", PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" }, // NODE_ENV: asked for by the types that apps/web brings along
      stdio: ["ignore", "ignore", "pipe"],
      detached: true, // a Ctrl-C is for us; the database goes last
      ...(account !== undefined && { uid: account.uid, gid: account.gid }),
    });
    this.#child = child;
    const said: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      if (said.length > 20) said.shift();
      log.debug("postgres", { line });
    });
    child.on("error", (error) => said.push(error.message));
    child.on("exit", (code, signal) => {
      if (this.#child === child) this.#child = undefined;
      if (!this.#unwanted.signal.aborted && this.#restarting === undefined)
        this.#restarting = this.#bringBack(signal ?? `code ${code}`);
    });
    await this.#ready(child, said);
  }

  async stop(): Promise<void> {
    this.#unwanted.abort();
    await this.#restarting;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGINT"); // fast shutdown: disconnect clients, checkpoint
    const timer = setTimeout(() => child.kill("SIGQUIT"), STOP_MS);
    await exited;
    clearTimeout(timer);
  }

  async #ready(child: ChildProcess, said: readonly string[]): Promise<void> {
    const until = Date.now() + READY_MS;
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
        throw new Error(`Postgres did not start:\n  ${said.join("\n  ")}`);
      const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 2_000 });
      client.on("error", () => undefined); // it ends with the server; connect() tells
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        if (Date.now() > until) throw new Error("Postgres runs but doesn't answer", { cause: error });
        await delay(25);
      }
    }
  }

  async #bringBack(why: string): Promise<void> {
    const { log } = this.#options;
    log.error("database ended unexpectedly, starting it again", { why });
    for (const listener of this.#listeners) listener(why);
    await untilDone({
      attempt: () => this.start(),
      onError: (error, failures) => log.warn("database does not start yet", { error, failures }),
      signal: this.#unwanted.signal,
      backoff: { baseMs: 100, maxMs: 5_000 },
    });
    if (!this.#unwanted.signal.aborted) log.info("database runs again");
    this.#restarting = undefined;
  }
}

/** Removes a throw-away cluster. */
export function removeCluster({ folder }: EmbeddedPostgres): void {
  rmSync(folder, { recursive: true, force: true });
}
