import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkConfig } from "./check.ts";

/** A program that does with its arguments (`-p -c PATH`) what the script says. */
function programOf(script: string): { program: string; path: string } {
  const folder = mkdtempSync(join(tmpdir(), "percale-check-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "bird");
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return { program, path: join(folder, "bird.conf.new") };
}

test("the program reads the very text, from a file of its own", async () => {
  const at = programOf('[ "$1 $2" = "-p -c" ] && grep -q "router id" "$3"');
  expect(await checkConfig("router id 1.2.3.4;", at)).toBeUndefined();
  expect(readFileSync(at.path, "utf8")).toBe("router id 1.2.3.4;");
});

test("what it refuses is told with its place", async () => {
  const at = programOf('echo "bird: $3:7:12 syntax error" >&2; exit 1');
  expect(await checkConfig("", at)).toMatchObject({ line: 7 });
});

test.each<[what: string, script: string, end: string]>([
  ["ends without a word", "exit 3", "Command failed"],
  ["says something else", 'echo "out of memory" >&2; exit 1', "out of memory"],
  ["is killed", "kill -9 $$", "ended by SIGKILL"],
])("a program that %s came to no verdict", async (_, script, end) => {
  const at = programOf(script);
  await expect(checkConfig("", at)).rejects.toThrow(`${at.program} could not check the configuration: ${end}`);
});

test("a program that is not there is told so", async () => {
  const { path } = programOf("");
  await expect(checkConfig("", { program: "/nowhere/bird", path })).rejects.toThrow("/nowhere/bird is not installed");
});
