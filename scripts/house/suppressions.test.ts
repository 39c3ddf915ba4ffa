import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const sources = globSync("{packages,apps,scripts,playwright}/**/*.{ts,tsx,mjs}", {
  cwd: root,
  exclude: (path) => /node_modules|\.next|\/build$|generated/.test(path),
});

test("who silences the linter or the compiler says why", () => {
  const silent = /(?:oxlint|eslint)-disable(?!.* -- \S)|@ts-(?:ignore|nocheck|expect-error)(?!: \S)/;
  const unexplained = sources
    .filter((path) => !path.endsWith("suppressions.test.ts"))
    .flatMap((path) =>
      readFileSync(resolve(root, path), "utf8")
        .split("\n")
        .flatMap((line, index) => (silent.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
    );
  expect(unexplained).toEqual([]);
});
