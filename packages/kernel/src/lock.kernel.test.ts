import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createNetns, deleteNetns, holderOf, inNetns, takeLock } from "./index.ts";

let folder = "";
const netns = `pk-${process.pid}-lock`;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "percale-lock-"));
  writeFileSync(join(folder, "file"), "");
  createNetns(netns);
});
afterEach(() => {
  deleteNetns(netns);
  rmSync(folder, { recursive: true });
});

test.each([
  ["a file", () => join(folder, "file")],
  ["a network namespace", () => `/run/netns/${netns}`],
])("%s is locked once, names its holder, and is free when that lets go or is killed", async (_name, path) => {
  const release = takeLock(path());
  expect(release).toBeTypeOf("function");
  expect(takeLock(path())).toBeUndefined();
  expect(holderOf(path())).toEqual({ pid: process.pid, since: expect.any(Date) as Date });
  release?.();
  expect(holderOf(path())).toBeUndefined();

  const code = `import("${import.meta.dirname}/lock.ts").then(({ takeLock }) => { takeLock("${path()}"); console.log("locked"); setInterval(() => {}, 1000) })`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  expect(takeLock(path())).toBeUndefined();
  expect(holderOf(path())?.pid).toBe(child.pid);
  child.kill("SIGKILL");
  await once(child, "exit");
  const again = takeLock(path());
  expect(again).toBeTypeOf("function");
  again?.();
});

test("a namespace's lock is the same by each of its paths", () => {
  const release = takeLock(`/run/netns/${netns}`);
  expect(inNetns(netns, () => takeLock("/proc/thread-self/ns/net"))).toBeUndefined();
  release?.();
});
