import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Run } from "./judge.ts";
import { CONFIG } from "./nearest-tests.ts";
import type { Needs } from "./nearest-tests.ts";

/** An endless loop is a difference too; what is slow on a busy machine is none. */
const LIMIT_MS: Readonly<Record<Needs, number>> = { unit: 180_000, pg: 600_000 };
/** Threads and programs that tests start load their sources past the test runner: the mutant comes by a hook of Node's. */
const HOOK = join(import.meta.dirname, "hook.ts");

/** vitest, in a process of its own. */
export function testRunner(root: string, needs: Needs): Run {
  return async (tests, candidate) => {
    const { promise, resolve } = Promise.withResolvers<number | null>();
    const child = spawn(join(root, "node_modules/.bin/vitest"), ["--run", "--config", CONFIG, ...tests], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PERCALE_MUTATE_NEEDS: needs,
        ...(candidate !== undefined && { PERCALE_MUTANT: JSON.stringify(candidate), NODE_OPTIONS: `--import=${HOOK}` }),
      },
      detached: true, // a group, to be ended with the workers that loop in it
    });
    const end = (): void => endGroup(child.pid!);
    const timer = setTimeout(end, LIMIT_MS[needs]);
    process.once("exit", end);
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => said.push(text));
    child.on("exit", resolve);
    const passed = (await promise) === 0;
    clearTimeout(timer);
    process.off("exit", end);
    end(); // what the tests left running
    return { passed, said: said.join("") };
  };
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // all of it has ended
  }
}
