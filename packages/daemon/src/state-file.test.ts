import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listSetAside, readStateFile, removeStateFile, writeStateFile } from "./state-file.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "percale-state-"));
  path = join(folder, "state.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const bad: string[] = [];
const read = () =>
  readStateFile(
    path,
    (data) => JSON.parse(data.toString()) as unknown,
    (aside) => bad.push(aside),
  );

test("what was written is read, is its owner's alone, and leaves no draft", async () => {
  await writeStateFile(path, '{"a":1}');
  await writeStateFile(path, '{"a":2}');
  expect(await read()).toEqual({ a: 2 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["state.json"]);
  await removeStateFile(path);
  await removeStateFile(path);
  expect(await read()).toBeUndefined();
});

test.each([
  ["empty", () => writeFileSync(path, "")],
  ["torn", () => writeFileSync(path, '{"a":')],
  ["a folder", () => mkdirSync(join(path, "x"), { recursive: true })],
])("a file that is %s is set aside, kept and told, twice too", async (_name, spoil) => {
  bad.length = 0;
  for (let i = 0; i < 2; i++) {
    spoil();
    expect(await read()).toBeUndefined();
  }
  expect(bad).toEqual([join(folder, ".bad-state.json"), join(folder, ".bad-state.json")]);
  expect(await listSetAside(folder)).toEqual([join(folder, ".bad-state.json")]);
});

test("a write that fails leaves the old content and no draft", async () => {
  mkdirSync(path);
  await expect(writeStateFile(path, "x")).rejects.toThrow(/EISDIR/);
  expect(readdirSync(folder)).toEqual(["state.json"]);
  rmSync(path, { recursive: true });
  writeFileSync(path, "old");
  await expect(writeStateFile(join(folder, "none/x"), "x")).rejects.toThrow(/ENOENT/);
  expect(readFileSync(path, "utf8")).toBe("old");
});
