import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { memoryOf } from "./thread-memory.ts";

const LIVES = 5;

test("a thread that runs out of memory ends alone: the process lives on", () => {
  const program = fileURLToPath(new URL("testdata/hungry-thread.mjs", import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [program, String(LIVES), JSON.stringify(memoryOf(48))], {
    encoding: "utf8",
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "ERR_WORKER_OUT_OF_MEMORY\n".repeat(LIVES) });
});
