import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { silentLogger } from "@percale/daemon";
import { stopOrphan } from "./orphan.ts";

function folder(): string {
  const data = mkdtempSync(join(tmpdir(), "percale-orphan-"));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  return data;
}

test.each([
  ["of a process that is no database", process.pid],
  ["of a process that is gone", 2 ** 22 + 1],
  ["that says nothing", ""],
])("a lock file %s is removed, and nobody is stopped", async (_, pid) => {
  const data = folder();
  const lock = join(data, "postmaster.pid");
  writeFileSync(lock, `${pid}\n${data}\n`);
  await stopOrphan(data, silentLogger);
  expect(existsSync(lock)).toBe(false);
});

/** A process that runs as a database over this folder would, until it is told to end. */
async function serverOf(data: string): Promise<ChildProcess> {
  const child = spawn("/bin/sh", ["-c", "echo up; while :; do sleep 0.05; done", data], {
    argv0: "/anywhere/postgres",
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  writeFileSync(join(data, "postmaster.pid"), `${child.pid}\n${data}\n`);
  return child;
}

test("a database that an earlier run left on this folder is ended, in good order", async () => {
  const data = folder();
  const child = await serverOf(data);
  const ended = once(child, "exit");
  await stopOrphan(data, silentLogger);
  expect(await ended).toEqual([null, "SIGINT"]);
});

test("a database on another folder is left alone", async () => {
  const [data, other] = [folder(), folder()];
  const child = await serverOf(other);
  const lock = join(data, "postmaster.pid");
  writeFileSync(lock, `${child.pid}\n${data}\n`);
  await stopOrphan(data, silentLogger);
  expect([existsSync(lock), child.signalCode]).toEqual([false, null]);
});

test("a folder without a lock file is left as it is", async () => {
  await expect(stopOrphan(folder(), silentLogger)).resolves.toBeUndefined();
});
