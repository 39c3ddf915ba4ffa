import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import pg from "pg";
import { createLogger } from "@percale/daemon";
import type { Postmaster } from "./postmaster.ts";
import { startEmbeddedPostgres } from "./server.ts";

const lines: string[] = [];
const log = createLogger({ component: "test", level: "debug", write: (line) => lines.push(line) });
const folders: string[] = [];
const servers: Postmaster[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    await server.stop();
    folders.push(server.folder);
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "percale-embedded-"));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

async function start(dataDir: string): Promise<Postmaster> {
  const server = await startEmbeddedPostgres({ dataDir, log, fsync: false });
  servers.push(server);
  return server;
}

async function query(server: Postmaster, sql: string): Promise<unknown[]> {
  const client = new pg.Client(server.url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A process that ended but that nobody has waited for yet has an empty command line. */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
}

test("data outlives a stop, and a lock file with somebody else's process id is no obstacle", async () => {
  const dataDir = join(newFolder(), "db");
  const first = await start(dataDir);
  await query(first, "CREATE TABLE kept AS SELECT 1 AS one");
  await first.stop();
  writeFileSync(join(first.folder, "data/postmaster.pid"), `${process.pid}\n${first.folder}/data\n`);
  const second = await start(dataDir);
  expect(await query(second, "SELECT one FROM kept")).toEqual([{ one: 1 }]);
});

test("a server left by a killed run is stopped before the new one starts", async () => {
  const dataDir = join(newFolder(), "db");
  const script = `import { startEmbeddedPostgres } from ${JSON.stringify(join(import.meta.dirname, "server.ts"))};
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const { pid } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log, fsync: false });
    console.log(pid);
    setInterval(() => {}, 1000);`;
  const run = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text] = await once(run.stdout.setEncoding("utf8"), "data");
  const exited = once(run, "exit");
  run.kill("SIGKILL");
  await exited;
  const orphan = Number(text);
  expect(isRunning(orphan)).toBe(true);
  const next = await start(dataDir);
  expect(isRunning(orphan)).toBe(false);
  expect(await query(next, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

test("a killed server comes back on the same port", async () => {
  const server = await start(join(newFolder(), "db"));
  const why = new Promise<string>((resolve) => server.onExit(resolve));
  process.kill(server.pid!, "SIGKILL");
  expect(await why).toBe("SIGKILL");
  await expect.poll(() => query(server, "SELECT 1 AS one").catch(() => []), { timeout: 30_000 }).toEqual([{ one: 1 }]);
});

test.skipIf(process.geteuid?.() !== 0)(
  "below a folder that only root may enter it runs elsewhere and says so",
  async () => {
    const home = newFolder();
    chmodSync(home, 0o700);
    const server = await start(join(home, "project/.percale/postgres"));
    expect(server.folder).toMatch(/^\/var\/lib\/percale\/postgres-/);
    expect(lines.some((line) => line.includes("the database lives elsewhere"))).toBe(true);
    const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
    expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).not.toBe("0");
  },
);
