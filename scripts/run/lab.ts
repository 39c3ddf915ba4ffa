/** The lab, as part of a run: brought up where this machine allows it, otherwise the reason is said and the product runs without. */
import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import { askLab, labSocket, NoLabError, rootlessRefusal, ROOTLESS_MARK, spawnRootless } from "@percale/cli";
import { findProgram } from "../setup/debian.mjs";
import type { RunConfig } from "./config.ts";
import { pidFile } from "./leftovers.ts";
import { Service } from "./service.ts";

const POLL_MS = 200;

export interface LabRunOptions {
  readonly config: RunConfig;
  readonly say: (text: string) => void;
  readonly seconds: () => string;
  readonly signal: AbortSignal;
}

/** Returns how to stop it, at once; what it is busy with is said as it goes on. */
export function startLab({ config, say, seconds, signal }: LabRunOptions): () => Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const refusal = missingProgram() ?? (isRoot ? undefined : rootlessRefusal());
  if (refusal !== undefined) {
    say(`no lab on this machine: ${refusal}`);
    return async () => undefined;
  }
  const { root, dataDir } = config;
  const service = new Service({
    name: "lab",
    argv: [process.execPath, join(root, "apps/cli/src/lab/daemon.ts")],
    cwd: root,
    env: { ...config.environment, PERCALE_DATA: dataDir, ...(!isRoot && { [ROOTLESS_MARK]: "1" }) },
    logFile: join(dataDir, "logs", "lab.log"),
    pidFile: pidFile(dataDir, "lab"),
    say,
    ...(!isRoot && { start: spawnRootless }),
    again: (code) => code !== 0, // `percale lab down` ends it well
  });
  const socket = labSocket(dataDir);
  void follow({ socket, say, seconds, signal });
  return async () => {
    // One that `percale lab up` started is not our child, but part of the run all the same.
    await askLab(socket, { verb: "stop" }).catch(() => undefined);
    await service.stop();
  };
}

async function follow(options: {
  readonly socket: string;
  readonly say: (text: string) => void;
  readonly seconds: () => string;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { socket, say, seconds, signal } = options;
  let said = "";
  while (!signal.aborted) {
    const status = await askLab(socket, { verb: "status" }).catch((error: unknown) => {
      if (error instanceof NoLabError) return undefined;
      throw error;
    });
    if (status?.state === "ready") {
      say(
        `lab ready: ${status.nodes.length} nodes, ${status.workloads.length} workloads (${seconds()}); npx percale lab status`,
      );
      return;
    }
    if (status !== undefined && status.progress !== said) say(`lab: ${status.progress}`);
    said = status?.progress ?? said;
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function missingProgram(): string | undefined {
  const missing = ["ip", "bird", "nsenter"].filter((name) => findProgram(name) === undefined);
  return missing.length === 0 ? undefined : `${missing.join(", ")} missing (apt-get install iproute2 bird2 util-linux)`;
}
