/** One child process of the product, kept running, with its own log file. */
import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { closeSync, rmSync, writeFileSync } from "node:fs";
import { Child } from "@percale/cli";
import { openLogFile } from "@percale/daemon";
import { identityOf } from "./lock.ts";

const GRACE_MS = 20_000; // the lab detaches its workloads first

export interface ServiceOptions {
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Names the process while it runs, for a next run to find should this one be killed. */
  readonly pidFile: string;
  readonly say: (text: string) => void;
  readonly start?: (argv: readonly string[], options: SpawnOptions) => ChildProcess;
  /** False if this end is for good. Always again if absent. */
  readonly again?: (code: number | null) => boolean;
}

export class Service {
  readonly #child: Child;
  readonly #pidFile: string;

  constructor({ name, argv, cwd, env, logFile, pidFile, say, again, start = spawnPlainly }: ServiceOptions) {
    this.#pidFile = pidFile;
    this.#child = new Child({
      start: () => {
        const log = openLogFile(logFile);
        try {
          // Its own process group: a terminal's Ctrl-C reaches the supervisor alone, which stops things in order.
          const child = start(argv, { cwd, env, detached: true, stdio: ["ignore", log, log] });
          if (child.pid !== undefined) writeFileSync(pidFile, identityOf(child.pid), { mode: 0o600 });
          return child;
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
    rmSync(this.#pidFile, { force: true });
  }
}

function spawnPlainly(argv: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(argv[0]!, argv.slice(1), options);
}
