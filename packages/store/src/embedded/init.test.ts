import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { initCluster } from "./init.ts";

/** An `initdb` that does what the script says, and where a cluster is to be made. */
function setUp(script: string) {
  const folder = mkdtempSync(join(tmpdir(), "percale-init-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "initdb"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  const init = (fsync: boolean) =>
    initCluster({
      bin: folder,
      data: join(folder, "data"),
      user: "percale",
      password: "s3cret",
      account: undefined,
      fsync,
    });
  return { folder, read, init };
}

test.each([
  [true, ""],
  [false, " --no-sync"],
])("a cluster with fsync %j has one user, whose password only its file tells", async (fsync, more) => {
  const { folder, read, init } = setUp('echo "$@" >said; cat init-password >>said; stat -c %a init-password >>said');
  await init(fsync);
  expect(read("said")).toBe(
    `--encoding=UTF8 --locale=C --auth=scram-sha-256 --no-instructions --pgdata=${folder}/data --username=percale ` +
      `--pwfile=${folder}/init-password${more}\ns3cret\n600\n`,
  );
  expect(existsSync(join(folder, "init-password"))).toBe(false);
});

test("what a half-made cluster left is gone before a new one is made", async () => {
  const { folder, init } = setUp("mkdir data");
  mkdirSync(join(folder, "data/base"), { recursive: true });
  await init(false);
  expect(existsSync(join(folder, "data/base"))).toBe(false);
});

test.each([
  ["that fails", "echo no room >&2; exit 3", "initdb failed (code 3): no room"],
  ["that is killed", "kill -9 $$", "initdb failed (SIGKILL): "],
])("an initdb %s is told, and leaves no password behind", async (_, script, message) => {
  const { folder, init } = setUp(script);
  await expect(init(true)).rejects.toThrow(message);
  expect(existsSync(join(folder, "init-password"))).toBe(false);
});
