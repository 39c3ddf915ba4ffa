import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readManifests } from "./read.ts";
import type { ReadOptions } from "./read.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "percale-manifests-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string): void =>
  writeFileSync(join(folder, path), `{ "kind": "Tier", "metadata": { "name": "${path}" } }`);
const names = (paths: readonly string[], options?: ReadOptions): string[] =>
  readManifests(paths, options).map(({ object }) => object.metadata.name);

test("a folder is its manifests in lexical order, a file is itself", () => {
  for (const name of ["b.yml", "a.yaml", "c.JSON", "d.txt"]) write(name);
  expect(names([folder])).toEqual(["a.yaml", "b.yml", "c.JSON"]);
  expect(names([join(folder, "d.txt"), join(folder, "b.yml")])).toEqual(["d.txt", "b.yml"]);
});

test("folders in a folder are read where it is asked for, in their place", () => {
  mkdirSync(join(folder, "b"));
  for (const name of ["a.yaml", "b/x.yaml", "c.yaml"]) write(name);
  expect(names([folder])).toEqual(["a.yaml", "c.yaml"]);
  expect(names([folder], { recursive: true })).toEqual(["a.yaml", "b/x.yaml", "c.yaml"]);
});

test("what holds no object is told unless that is fine; what is missing always is", () => {
  mkdirSync(join(folder, "none"));
  writeFileSync(join(folder, "empty.yaml"), "# nothing\n");
  const [none, empty] = [join(folder, "none"), join(folder, "empty.yaml")];
  expect(() => names([none])).toThrow(`no resources specified in directory ${none}`);
  expect(() => names([empty])).toThrow(`no resources specified in file ${empty}`);
  expect(() => names([folder])).toThrow(`no resources specified in directory ${folder}`);
  expect(names([none, empty], { skipEmpty: true })).toEqual([]);
  expect(() => names([join(folder, "missing")], { skipEmpty: true })).toThrow(`cannot read ${folder}/missing: ENOENT`);
  write("a.yaml");
  expect(names([folder])).toEqual(["a.yaml"]);
});
