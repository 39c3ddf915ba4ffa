import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** A process that looks as a database over this folder does, and takes its time to end. */
async function serverOf(data: string): Promise<ChildProcess> {
  const child = spawn("/bin/sh", ["-c", "trap 'sleep 0.2; exit 3' INT; echo up; while :; do sleep 0.02; done", data], {
    argv0: "/anywhere/postgres",
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  writeFileSync(join(data, "postmaster.pid"), `${child.pid}\n${data}\n`);
  return child;
}

test("a database that an earlier run left on this folder is asked to end, and waited for", async () => {
  const data = folder();
  const child = await serverOf(data);
  const ended = once(child, "exit");
  await stopOrphan(data, silentLogger);
  const isThere = existsSync(`/proc/${child.pid}`) && readFileSync(`/proc/${child.pid}/cmdline`, "utf8") !== "";
  expect([isThere, await ended]).toEqual([false, [3, null]]);
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
