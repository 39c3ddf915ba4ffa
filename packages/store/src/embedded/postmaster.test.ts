import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import pg from "pg";
import { silentLogger } from "@percale/daemon";
import { freePort } from "./place.ts";
import { Postmaster } from "./postmaster.ts";
import type { PostmasterOptions } from "./postmaster.ts";

const AUTHENTICATION_OK_READY = Buffer.from("5200000008000000005a0000000549", "hex");
const STARTING_UP = Buffer.from("E\0\0\0\x37SFATAL\0C57P03\0Mthe database system is starting up\0\0", "latin1");

/** A program that greets as Postgres does, and ends at SIGINT, or at once for what the file "fate" in its folder says. */
const PROGRAM = `#!${process.execPath}
const { existsSync, readFileSync } = require("node:fs");
const fate = () => existsSync("fate") && readFileSync("fate", "utf8");
if (fate()) {
  console.error("FATAL: " + fate());
  process.exit(1);
}
process.on("SIGINT", () => process.exit(0));
const port = process.argv.find((word) => word.startsWith("port=")).slice(5);
const GREETING = Buffer.from("${AUTHENTICATION_OK_READY.toString("hex")}", "hex");
require("node:net")
  .createServer((socket) => socket.on("error", () => {}).once("data", () => socket.write(GREETING)))
  .listen(port, "127.0.0.1");
`;

let folder: string;
let options: PostmasterOptions;
let postmaster: Postmaster;
let ends: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "percale-postmaster-"));
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "postgres"), PROGRAM, { mode: 0o755 });
  options = {
    bin: folder,
    data: join(folder, "data"),
    account: undefined,
    log: silentLogger,
    port: await freePort(),
    fsync: false,
    user: "percale",
    password: "secret",
  };
  postmaster = new Postmaster(options);
  ends = [];
  postmaster.onExit((why) => ends.push(why));
});
afterEach(async () => {
  await postmaster.stop();
  rmSync(folder, { recursive: true });
});

const isRunning = (pid: number | undefined): boolean => existsSync(`/proc/${pid}`);
async function answers(): Promise<boolean> {
  const client = new pg.Client(postmaster.url);
  client.on("error", () => undefined);
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

test("a database that is started answers, until it is stopped; then it stays away", async () => {
  await postmaster.start();
  const { pid } = postmaster;
  expect([await answers(), isRunning(pid)]).toEqual([true, true]);
  await postmaster.stop();
  await postmaster.stop();
  expect([await answers(), isRunning(pid), postmaster.pid, ends]).toEqual([false, false, undefined, []]);
});

test("a database that is killed is told, and comes back where it was", async () => {
  await postmaster.start();
  const { pid } = postmaster;
  process.kill(pid!, "SIGKILL");
  await expect.poll(() => ends).toEqual(["SIGKILL"]);
  await expect.poll(answers, { timeout: 20_000 }).toBe(true);
  expect(postmaster.pid).not.toBe(pid);
});

test("a database that cannot come back is tried until it can, and told once", async () => {
  await postmaster.start();
  writeFileSync(join(folder, "data/fate"), "no room");
  process.kill(postmaster.pid!, "SIGKILL");
  await expect.poll(() => ends).toEqual(["SIGKILL"]);
  await expect.poll(() => postmaster.pid, { timeout: 20_000 }).toBeUndefined();
  rmSync(join(folder, "data/fate"));
  await expect.poll(answers, { timeout: 20_000 }).toBe(true);
  expect(ends).toEqual(["SIGKILL"]);
});

test("a database that cannot come back is no more tried once nobody wants it", async () => {
  await postmaster.start();
  writeFileSync(join(folder, "data/fate"), "no room");
  process.kill(postmaster.pid!, "SIGKILL");
  await expect.poll(() => ends).toEqual(["SIGKILL"]);
  await postmaster.stop();
  expect([await answers(), postmaster.pid]).toEqual([false, undefined]);
});

test("a database that is started again is another process, that comes back too", async () => {
  await postmaster.start();
  const { pid } = postmaster;
  await postmaster.restart();
  expect([await answers(), isRunning(pid), isRunning(postmaster.pid), ends]).toEqual([true, false, true, []]);
  process.kill(postmaster.pid!, "SIGKILL");
  await expect.poll(() => ends).toEqual(["SIGKILL"]);
  await expect.poll(answers, { timeout: 20_000 }).toBe(true);
});

test("a database that never answers is told with its own words, and not tried again", async () => {
  writeFileSync(join(folder, "data/fate"), "no room");
  await expect(postmaster.start()).rejects.toThrow("Postgres did not start:\n  FATAL: no room");
  rmSync(join(folder, "data/fate"));
  expect([await answers(), postmaster.pid, ends]).toEqual([false, undefined, []]);
});

test("a database whose program is not there is told so", async () => {
  rmSync(join(folder, "postgres"));
  await expect(postmaster.start()).rejects.toThrow(/^Postgres did not start:\n {2}spawn .*ENOENT/);
  await postmaster.stop();
});

/** As with Postgres, a session is another process. This one kills its postmaster at the first goodbye, lets it be missed, and then hangs up. */
const DYING = `#!${process.execPath}
const { fork } = require("node:child_process");
const { existsSync, renameSync } = require("node:fs");
const { POSTMASTER } = process.env;
if (POSTMASTER === undefined) {
  fork(__filename, process.argv.slice(2), { env: { POSTMASTER: String(process.pid) }, detached: true });
} else {
  const port = process.argv.find((word) => word.startsWith("port=")).slice(5);
  const server = require("node:net").createServer({ allowHalfOpen: true }, (socket) => {
    socket.once("data", () => {
      socket.write(Buffer.from("${AUTHENTICATION_OK_READY.toString("hex")}", "hex"));
      socket.once("data", () => {
        server.close();
        renameSync("../healthy", "../postgres");
        process.kill(Number(POSTMASTER), "SIGKILL");
        setInterval(() => existsSync("/proc/" + POSTMASTER) || process.exit(), 10);
      });
    });
  });
  server.listen(port, "127.0.0.1");
}
`;

/** The next that is started dies as it is greeted; those after it do not. */
function letNextDie(): void {
  writeFileSync(join(folder, "healthy"), PROGRAM, { mode: 0o755 });
  writeFileSync(join(folder, "postgres"), DYING, { mode: 0o755 });
}

test("a database that ends just as it is found to answer is told, and comes back", async () => {
  letNextDie();
  await postmaster.start(); // whoever started it believes that it runs
  await expect.poll(() => ends, { timeout: 20_000 }).toEqual(["SIGKILL"]);
  await expect.poll(answers, { timeout: 20_000 }).toBe(true);
});

test("a database that ends just as it has come back is told again, and comes back", async () => {
  await postmaster.start();
  letNextDie();
  process.kill(postmaster.pid!, "SIGKILL");
  await expect.poll(() => ends, { timeout: 20_000 }).toEqual(["SIGKILL", "SIGKILL"]);
  await expect.poll(answers, { timeout: 20_000 }).toBe(true);
});

/** Runs, and does not listen. */
const MUTE = `#!${process.execPath}\nsetInterval(() => {}, 1_000);\n`;

test("a database that runs and does not answer has ended before that is told", async () => {
  writeFileSync(join(folder, "postgres"), MUTE, { mode: 0o755 });
  postmaster = new Postmaster({ ...options, readyMs: 100 });
  const started = postmaster.start();
  const { pid } = postmaster;
  expect(isRunning(pid)).toBe(true);
  await expect(started).rejects.toThrow("Postgres runs but doesn't answer");
  expect([isRunning(pid), postmaster.pid]).toEqual([false, undefined]);
});

test("a database that says that it is starting up is waited for, however long it recovers", async () => {
  writeFileSync(join(folder, "postgres"), MUTE, { mode: 0o755 });
  let greeted = 0;
  const door = createServer((socket) =>
    socket.once("data", () => (++greeted < 5 ? socket.end(STARTING_UP) : socket.write(AUTHENTICATION_OK_READY))),
  ).listen(options.port, "127.0.0.1");
  await once(door, "listening");
  postmaster = new Postmaster({ ...options, readyMs: 0 });
  await postmaster.start().finally(() => door.close());
  expect(greeted).toBe(5);
});
