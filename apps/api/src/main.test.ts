import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 60_000 }); // real processes, each a second or two
const dataDir = mkdtempSync(join(tmpdir(), "percale-main-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

function run(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { code: number | null; said: string } {
  const { PATH = "" } = process.env;
  const options = {
    env: { NODE_ENV: "test" as const, PATH, PERCALE_DATA: dataDir, ...env },
    encoding: "utf8" as const,
  };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "main.ts"), ...argv],
    options,
  );
  return { code: status, said: stdout + stderr };
}

test.each([
  ["nobody listens", "postgresql://percale@127.0.0.1:1/percale", "ECONNREFUSED"],
  ["no URL of Postgres", "mysql://x", "it must read postgresql://"],
])("a wrong DATABASE_URL is named, without a stack: %s", (_, url, words) => {
  const { code, said } = run([], { DATABASE_URL: url });
  expect(code).toBe(1);
  expect(said).toContain("DATABASE_URL");
  expect(said).toContain(words);
  expect(said).not.toMatch(/\n\s+at /);
});

test("a flag out of range says the range, an unknown one what there is", () => {
  expect(run(["--port=70000"]).said).toContain("<=65535");
  expect(run(["--prot=1"]).said).toContain("--port, ");
  expect(run(["--help"])).toMatchObject({ code: 0, said: expect.stringContaining("PERCALE_API_PORT") });
});
