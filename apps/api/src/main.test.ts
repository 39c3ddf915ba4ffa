import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("what a person can mend is told to a person: by name, without a stack", () => {
  const { PATH = "" } = process.env;
  const env = { NODE_ENV: "test" as const, PATH, DATABASE_URL: "postgresql://percale@127.0.0.1:1/percale" };
  const main = join(import.meta.dirname, "main.ts");
  const { status, stderr } = spawnSync(process.execPath, [main], { env, encoding: "utf8" });
  const [configuration, told, ...rest] = stderr.trimEnd().split("\n");
  expect([status, configuration, told, rest]).toEqual([
    1,
    expect.stringContaining('"configuration"'),
    expect.stringMatching(/^DATABASE_URL .*ECONNREFUSED/),
    [],
  ]);
});
