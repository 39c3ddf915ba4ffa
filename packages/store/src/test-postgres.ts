import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { silentLogger } from "@percale/daemon";
import type { Postmaster } from "./embedded/postmaster.ts";
import { removeCluster, startEmbeddedPostgres } from "./embedded/server.ts";

export interface TestPostgres {
  /** A new, empty database. */
  readonly url: string;
  /** The server under it, to be killed and brought back. */
  readonly server: Postmaster;
  stop(): Promise<void>;
}

/** Stops a server in its tracks, and lets it go on: an outage that keeps every connection open. */
export function pausePostgres(pid: number, paused: boolean): void {
  // Its processes go on alone when only the postmaster is stopped.
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  for (const each of [pid, ...children])
    try {
      process.kill(each, paused ? "SIGSTOP" : "SIGCONT");
    } catch {
      // a passing worker, ended meanwhile
    }
}

let shared: Promise<Postmaster> | undefined;
let users = 0;

/** For tests: a new database on a throw-away server that this process shares; the last to stop removes it. `durable` (fsync on) is for benches, and for the first caller to say. */
export async function startTestPostgres({ durable = false } = {}): Promise<TestPostgres> {
  users++;
  shared ??= startEmbeddedPostgres({
    dataDir: mkdtempSync(join(tmpdir(), "percale-test-")),
    log: silentLogger,
    fsync: durable,
  });
  const server = await shared;
  const endWithUs = (): void => void (server.pid !== undefined && process.kill(server.pid, "SIGQUIT"));
  process.once("exit", endWithUs);
  const name = `test_${process.pid}_${users}_${Date.now()}`;
  const client = new pg.Client(server.url);
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return {
    url: server.url.replace(/\/postgres$/, `/${name}`),
    server,
    stop: async () => {
      process.off("exit", endWithUs);
      if (--users > 0) return;
      shared = undefined;
      await server.stop();
      removeCluster(server);
    },
  };
}
