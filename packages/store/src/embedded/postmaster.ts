import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { untilDone } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { Account } from "./account.ts";
import { renderParameters } from "./parameters.ts";

const READY_MS = 60_000; // recovery after a crash takes time
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
}

/** One Postgres over a cluster that is there, kept running on its port until it is stopped. */
export class Postmaster {
  readonly #options: PostmasterOptions;
  readonly #listeners = new Set<(why: string) => void>();
  /** With the password in it. */
  readonly url: string;
  #child: ChildProcess | undefined;
  /** Aborted while it shall not run. */
  #unwanted = new AbortController();
  #restarting: Promise<void> | undefined;

  constructor(options: PostmasterOptions) {
    this.#options = options;
    this.url = `postgresql://${options.user}:${options.password}@127.0.0.1:${options.port}/postgres`;
  }

  /** The postmaster's; undefined between a crash and the restart. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Called each time it ends without being asked to; it is then started again by itself. */
  onExit(listener: (why: string) => void): void {
    this.#listeners.add(listener);
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#unwanted = new AbortController();
    await this.start();
  }

  /** Resolves once it answers; throws what it said if it ends before. */
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
    child.on("error", (error) => {
      said.push(error.message);
      if (child.pid === undefined) this.#child = undefined; // it never was a process
    });
    let isUp = false;
    child.on("exit", (code, signal) => {
      if (this.#child === child) this.#child = undefined;
      if (!isUp || this.#unwanted.signal.aborted || this.#restarting !== undefined) return; // who starts one that fails hears so
      this.#restarting = this.#bringBack(signal ?? `code ${code}`);
    });
    await once(child, "spawn").catch(() => undefined); // `said` tells why not
    await this.#ready(child, said);
    isUp = true;
  }

  /** Disconnects everyone, writes everything, ends. */
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
