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

test("a folder without a lock file is left as it is", async () => {
  await expect(stopOrphan(folder(), silentLogger)).resolves.toBeUndefined();
});
