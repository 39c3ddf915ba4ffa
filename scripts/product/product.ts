/** The whole product in a throw-away data directory, for tests and benchmarks: what `npm start` runs, without the dashboard. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { askLab, labSocket, readKubeconfig } from "@percale/cli";
import type { Access, LabStatus } from "@percale/cli";

const root = resolve(import.meta.dirname, "../..");
const READY_MS = 60_000;

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

export interface Product {
  readonly dataDir: string;
  readonly access: Access;
  readonly lab: LabStatus;
  /** One run of the `percale` command. */
  percale(...args: readonly string[]): Outcome;
  /** The real kubectl with the product's kubeconfig. */
  kubectl(...args: readonly string[]): Outcome;
  /** Where the lab's daemon listens: `askLab`. */
  readonly labSocket: string;
  /** Ends all of it and removes the data. */
  stop(): Promise<void>;
}

/** Resolves when the lab is ready. Rejects with the last log lines if that takes too long. */
export async function startProduct(): Promise<Product> {
  const dataDir = mkdtempSync(join(tmpdir(), "percale-"));
  chmodSync(dataDir, 0o711); // the database's account must pass through
  const env = { ...process.env, PERCALE_DATA: dataDir, PERCALE_API_PORT: "0", PERCALE_WEB_PORT: "off" };
  const supervisor = spawn(process.execPath, [join(root, "scripts/run.ts")], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  for (const stream of [supervisor.stdout, supervisor.stderr])
    createInterface({ input: stream }).on("line", (line) => said.push(line));
  const stop = async (): Promise<void> => {
    if (supervisor.exitCode === null) {
      supervisor.kill("SIGTERM");
      await once(supervisor, "exit");
    }
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const lab = await untilReady(labSocket(dataDir), () => supervisor.exitCode !== null);
    const kubeconfig = join(dataDir, "kubeconfig");
    const run = (program: string, args: readonly string[]): Outcome => {
      const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8", timeout: 60_000 });
      return { code: status ?? 255, output: `${stdout}${stderr}` };
    };
    return {
      dataDir,
      access: readKubeconfig(kubeconfig),
      lab,
      labSocket: labSocket(dataDir),
      percale: (...args) => run(join(root, "apps/cli/bin/percale"), args),
      kubectl: (...args) => run("kubectl", ["--kubeconfig", kubeconfig, ...args]),
      stop,
    };
  } catch (cause) {
    const logs = ["api", "lab", "percale-node-1"].map(
      (name) => `${name}: ${tail(join(dataDir, "logs", `${name}.log`))}`,
    );
    await stop();
    throw new Error(`the product did not start:\n${said.join("\n")}\n${logs.join("\n")}`, { cause });
  }
}

async function untilReady(socket: string, hasEnded: () => boolean): Promise<LabStatus> {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline && !hasEnded()) {
    const status = await askLab(socket, { verb: "status" }).catch(() => undefined);
    if (status?.state === "ready") return status;
    await delay(100);
  }
  throw new Error(hasEnded() ? "the supervisor ended" : "the lab is not ready in time");
}

function tail(path: string): string {
  try {
    return readFileSync(path, "utf8").split("\n").slice(-12).join("\n  ");
  } catch {
    return "no log";
  }
}
