import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "percale-bench-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("--json into a file leaves the figures there, and nothing else", () => {
  const path = join(folder, "figures.json");
  const file = openSync(path, "w");
  const argv = [join(root, "scripts/bench.mjs"), "--json", "store"];
  const { stderr } = spawnSync(process.execPath, argv, { cwd: root, stdio: ["ignore", file, "pipe"] });
  closeSync(file);
  const rows = JSON.parse(readFileSync(path, "utf8")) as { name: string; value: number; target: number; ok: boolean }[];
  expect(
    rows.map(({ name }) => name),
    stderr.toString(),
  ).toContain("store writes, 64 clients");
  for (const { value, target } of rows) expect(Math.min(value, target)).toBeGreaterThan(0);
  expect(stderr.toString()).toContain("store …");
});

test("an unknown option is refused before anything is set up", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "scripts/bench.mjs"), "--jsn"]);
  expect([status, stdout.toString(), stderr.toString()]).toEqual([
    1,
    "",
    "unknown option --jsn: npm run bench [-- [--json] [NAME…]]\n",
  ]);
});
