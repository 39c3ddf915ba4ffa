import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@percale/daemon";
import { afterEach, beforeEach, expect, test } from "vitest";
import { noteStart } from "./starts.ts";

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "percale-starts-"))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const note = (seconds: number) => noteStart(directory, new Date(seconds * 1000), silentLogger);
const at = (seconds: number) => new Date(seconds * 1000).toISOString();

test("starts are remembered over restarts, the newest first and not for ever", async () => {
  expect(await note(1)).toEqual([at(1)]);
  expect(await note(2)).toEqual([at(2), at(1)]);
  for (let second = 3; second <= 12; second++) await note(second);
  expect(await note(13)).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4].map(at));
});

test("what is no list of starts is set aside, and where nothing can be kept this start is known", async () => {
  writeFileSync(join(directory, "starts.json"), '["yesterday"]');
  expect(await note(1)).toEqual([at(1)]);
  expect(await noteStart(join(directory, "nowhere"), new Date(0), silentLogger)).toEqual([at(0)]);
});
