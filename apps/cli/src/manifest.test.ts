import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseManifests, readManifests } from "./manifest.ts";

test("documents, lists and arrays all become objects, in order", () => {
  const text = `
kind: Tier
metadata: { name: a }
---
---
kind: TierList
items: [{ kind: Tier, metadata: { name: b } }, { kind: Tier, metadata: { name: c } }]
---
[{ "kind": "Tier", "metadata": { "name": "d" } }]
`;
  expect(parseManifests(text, "x").map(({ metadata }) => metadata.name)).toEqual(["a", "b", "c", "d"]);
});

test.each([
  { name: "broken YAML", text: "kind: [", message: /^x: / },
  { name: "no kind", text: "metadata: { name: a }", message: "x: an object without kind" },
  { name: "no name", text: "kind: Tier", message: "x: Tier without metadata.name" },
])("$name is refused with its source", ({ text, message }) => {
  expect(() => parseManifests(text, "x")).toThrow(message);
});

test("a name may be left to the server to make", () => {
  const text = "kind: Tier\nmetadata: { generateName: t- }";
  expect(parseManifests(text, "x")).toStrictEqual([{ kind: "Tier", metadata: { generateName: "t-" } }]);
});

test("a folder is its manifests in lexical order, a file is itself; what holds nothing is told", () => {
  const folder = mkdtempSync(join(tmpdir(), "percale-manifest-"));
  try {
    for (const name of ["b.yml", "a.yaml", "c.JSON", "d.txt"])
      writeFileSync(join(folder, name), `{ "kind": "Tier", "metadata": { "name": "${name}" } }`);
    const names = (...paths: readonly string[]) => readManifests(paths).map(({ metadata }) => metadata.name);
    expect(names(folder)).toEqual(["a.yaml", "b.yml", "c.JSON"]);
    expect(names(join(folder, "d.txt"), join(folder, "b.yml"))).toEqual(["d.txt", "b.yml"]);
    mkdirSync(join(folder, "none"));
    expect(() => names(join(folder, "none"))).toThrow(`no resources specified in ${folder}/none`);
    expect(() => names(join(folder, "a.yaml"), join(folder, "missing"))).toThrow(
      `cannot read ${folder}/missing: ENOENT`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
