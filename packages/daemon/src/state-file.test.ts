import { execFileSync } from "node:child_process";
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

test("a file that cannot be read for want of descriptors is not bad: it stays, and the reader hears why", async () => {
  await writeStateFile(path, '{"a":1}');
  const code = `
    const { readStateFile } = await import("${import.meta.dirname}/state-file.ts");
    const { openSync } = await import("node:fs");
    try { for (;;) openSync("/dev/null"); } catch {}
    await readStateFile(${JSON.stringify(path)}, String, () => console.log("set aside")).catch(({ code }) => console.log(code));
    process.exit();`;
  const few = ["-c", 'ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, code];
  expect(execFileSync("bash", few, { encoding: "utf8" })).toBe("EMFILE\n");
  expect(await read()).toEqual({ a: 1 });
});
