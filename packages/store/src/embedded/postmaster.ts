import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { untilDone } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { Account } from "./account.ts";
import { renderParameters } from "./parameters.ts";

const READY_MS = 60_000;
const STOP_MS = 20_000;

export interface PostmasterOptions {
  readonly bin: string;
  readonly data: string;
  readonly account: Account | undefined;
  readonly log: Logger;
  readonly port: number;
  readonly fsync: boolean;
  readonly user: string;
  readonly password: string;
  /** How long it may say nothing. While it says that it is starting up, it is waited for: recovery after a crash takes time. */
  readonly readyMs?: number;
}

/** One Postgres over a cluster that is there, kept running on its port until it is stopped. */
export class Postmaster {
  readonly #options: PostmasterOptions;
  readonly #listeners = new Set<(why: string) => void>();
  /** With the password in it. */
  readonly url: string;
  /** What the cluster is in, with its password. */
  readonly folder: string;
  /** The last that was spawned: each has ended before the next is. */
  #child: ChildProcess | undefined;
  /** Aborted once it shall not run. */
  #unwanted = new AbortController();
  #keeping: Promise<void> | undefined;

  constructor(options: PostmasterOptions) {
    this.#options = options;
    this.url = `postgresql://${options.user}:${options.password}@127.0.0.1:${options.port}/postgres`;
    this.folder = dirname(options.data);
  }

  /** Its process id; undefined between a crash and the restart. */
  get pid(): number | undefined {
    return this.#child === undefined || hasEnded(this.#child) ? undefined : this.#child.pid;
  }

  /** Called each time it ends without being asked to; it is then started again by itself. */
  onExit(listener: (why: string) => void): void {
    this.#listeners.add(listener);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Resolves once it answers; throws what it said if it ends before. */
  async start(): Promise<void> {
    this.#unwanted = new AbortController();
    this.#keeping = this.#keep(await this.#launch());
  }

  /** Disconnects everyone, writes everything, ends. */
  async stop(): Promise<void> {
    this.#unwanted.abort();
    if (this.#child !== undefined) await end(this.#child);
    await this.#keeping;
  }

  /** One that answers; none is left running where this throws. */
  async #launch(): Promise<ChildProcess> {
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
    await once(child, "spawn").catch(() => undefined); // `said` tells why not
    try {
      await this.#ready(child, said);
    } catch (error) {
      await end(child);
      throw error;
    }
    return child;
  }

  async #ready(child: ChildProcess, said: readonly string[]): Promise<void> {
    const { readyMs = READY_MS } = this.#options;
    const until = Date.now() + readyMs;
    for (;;) {
      if (hasEnded(child)) throw new Error(`Postgres did not start:\n  ${said.join("\n  ")}`);
      const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 2_000 });
      client.on("error", () => undefined); // it ends with the server; connect() tells
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        if (Date.now() > until && !isStartingUp(error))
          throw new Error("Postgres runs but doesn't answer", { cause: error });
        await delay(25);
      }
    }
  }

  /** Brings it back each time it ends, until nobody wants it. */
  async #keep(first: ChildProcess): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#unwanted;
    for (let child: ChildProcess | undefined = first; child !== undefined;) {
      const why = await endOf(child);
      if (signal.aborted) return;
      log.error("database ended unexpectedly, starting it again", { why });
      for (const listener of this.#listeners) listener(why);
      child = await untilDone({
        attempt: () => this.#launch(),
        onError: (error, failures) => log.warn("database does not start yet", { error, failures }),
        signal,
        backoff: { baseMs: 100, maxMs: 5_000 },
      });
      if (!signal.aborted) log.info("database runs again");
    }
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: cannot_connect_now. */
function isStartingUp(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "57P03";
}

/** Or never was a process. */
function hasEnded({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}

/** Why it ended, once it has. */
async function endOf(child: ChildProcess): Promise<string> {
  if (!hasEnded(child)) await once(child, "exit");
  return child.signalCode ?? `code ${child.exitCode}`;
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.kill("SIGINT"); // fast shutdown: disconnect clients, checkpoint
  const timer = setTimeout(() => child.kill("SIGQUIT"), STOP_MS);
  await endOf(child);
  clearTimeout(timer);
}
