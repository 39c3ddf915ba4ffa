import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { SessionStatus } from "@percale/bgp";
import { Established } from "./established.ts";

const KEPT_MS = 240_000;

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "percale-established-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "established.json");
}

const named = (states: Readonly<Record<string, string>>) =>
  Object.entries(states).map(([name, state]) => ({ name, status: { state } as SessionStatus })); // no more of it is read

test("who went down lately is worth waiting for as long as he keeps routes, also after a restart", async () => {
  const path = newFile();
  let now = 1_000;
  const seen = await Established.open(path, () => now);
  await seen.note(named({ a: "Established", b: "Established", c: "Active" }));
  expect([...seen.recent()]).toEqual(["a", "b"]);
  await seen.note(named({ a: "Established", b: "Active", c: "Active" }));
  now += KEPT_MS;
  expect([...(await Established.open(path, () => now)).recent()]).toEqual(["a", "b"]);
  now += 1;
  expect([...seen.recent()]).toEqual(["a"]);
});

test("who comes back is up again, and who is long gone is forgotten", async () => {
  const path = newFile();
  let now = 0;
  const seen = await Established.open(path, () => now);
  await seen.note(named({ b: "Established", a: "Established" }));
  await seen.note(named({}));
  now = KEPT_MS + 1;
  await seen.note(named({ b: "Established" }));
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ up: ["b"], down: {} });
});

test("nothing is written while nobody comes or goes", async () => {
  const path = newFile();
  const seen = await Established.open(path);
  await seen.note(named({ a: "Established" }));
  writeFileSync(path, "kept");
  await seen.note(named({ a: "Established", b: "Active" }));
  expect(readFileSync(path, "utf8")).toBe("kept");
  await seen.note(named({ a: "Established", b: "Established" }));
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ up: ["a", "b"], down: {} });
});

test.each(["", "{", '{"up":1}'])("of a file that holds %j nobody is waited for", async (text) => {
  const path = newFile();
  writeFileSync(path, text);
  expect([...(await Established.open(path)).recent()]).toEqual([]);
});
