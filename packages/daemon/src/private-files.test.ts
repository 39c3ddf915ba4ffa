import { spawnSync } from "node:child_process";
import { chmodSync, closeSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createMetrics, HealthRegistry, listenPrivately, openLogFile, privately, serveHealth } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "percale-private-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test("a log is its owner's, whatever it was", () => {
  const path = join(folder, "logs", "new.log");
  closeSync(openLogFile(path));
  expect([modeOf(join(folder, "logs")), modeOf(path)]).toStrictEqual(["700", "600"]);
  const old = join(folder, "old.log");
  writeFileSync(old, "a line\n");
  chmodSync(old, 0o644);
  closeSync(openLogFile(old));
  expect([modeOf(old), statSync(old).size]).toStrictEqual(["600", 7]);
});

test("a unix socket is its owner's, and other files keep the process' mask", async () => {
  const server = createServer();
  openLogFile(join(folder, "makes-the-folder.log"));
  await listenPrivately(server, join(folder, "own.sock"));
  writeFileSync(join(folder, "after"), "", { mode: 0o644 });
  expect([modeOf(join(folder, "own.sock")), modeOf(join(folder, "after"))]).toStrictEqual(["600", "644"]);
  server.close();
});

test("what a child makes is its owner's", () => {
  const log = openLogFile(join(folder, "makes-the-folder.log"));
  const path = join(folder, "child.pid");
  privately(() => spawnSync("sh", ["-c", 'echo 1 > "$0"', path], { stdio: ["ignore", log, log] }));
  closeSync(log);
  expect(modeOf(path)).toBe("600");
});

test("a daemon's health socket is its owner's", async () => {
  const health = new HealthRegistry();
  closeSync(openLogFile(join(folder, "makes-the-folder.log")));
  const path = join(folder, "health.sock");
  const server = await serveHealth({ health, metrics: createMetrics({ health }), path });
  expect(modeOf(path)).toBe("600");
  await server.close();
});
