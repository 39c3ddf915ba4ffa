/** One child process of the product, kept running, with its own log file. */
import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { Child } from "@percale/cli";

const GRACE_MS = 20_000; // the lab detaches its workloads first

export interface ServiceOptions {
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly say: (text: string) => void;
  readonly start?: (argv: readonly string[], options: SpawnOptions) => ChildProcess;
  /** False if this end is for good. Always again if absent. */
  readonly again?: (code: number | null) => boolean;
}

export class Service {
  readonly #child: Child;

  constructor({ name, argv, cwd, env, logFile, say, again, start = spawnPlainly }: ServiceOptions) {
    mkdirSync(dirname(logFile), { recursive: true });
    this.#child = new Child({
      start: () => {
        const log = openSync(logFile, "a");
        try {
          // Its own process group: a terminal's Ctrl-C reaches the supervisor alone, which stops things in order.
          return start(argv, { cwd, env, detached: true, stdio: ["ignore", log, log] });
        } finally {
          closeSync(log);
        }
      },
      onExit: ({ code, signal }) => {
        const stays = again?.(code) ?? true;
        say(
          `${name} ended (${code ?? signal ?? "did not start"})${stays ? "; starting it again" : ""}. Its log: ${logFile}`,
        );
        return stays;
      },
    });
  }

  async stop(): Promise<void> {
    await this.#child.stop(GRACE_MS);
  }
}

function spawnPlainly(argv: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(argv[0]!, argv.slice(1), options);
}
