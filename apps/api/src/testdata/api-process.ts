import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startTestPostgres } from "@percale/store";

/** The API server as a process of its own, so that a test can see whether it lives. */
export interface ApiProcess {
  readonly url: string;
  readonly token: string;
  readonly ca: string;
  readonly child: ChildProcess;
  /** What it logged, a JSON object a line; may be emptied. */
  readonly logged: string[];
  /** Undefined while it runs. */
  exitCode(): number | NodeJS.Signals | null | undefined;
  stop(): Promise<void>;
}

export async function startApiProcess(): Promise<ApiProcess> {
  const data = mkdtempSync(join(tmpdir(), "percale-api-"));
  const postgres = await startTestPostgres();
  const child = spawn(process.execPath, [join(import.meta.dirname, "../main.ts"), "--port", "0", "--data", data], {
    env: { ...process.env, DATABASE_URL: postgres.url },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const logged: string[] = [];
  const ready = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<number | NodeJS.Signals | null>();
  let exit: number | NodeJS.Signals | null | undefined;
  createInterface({ input: child.stderr }).on("line", (line) => {
    logged.push(line);
    if (line.includes('"msg":"ready"')) ready.resolve((JSON.parse(line) as { url: string }).url);
  });
  child.once("exit", (code, signal) => {
    ended.resolve((exit = code ?? signal));
    ready.reject(new Error(`the API server ended with ${exit}: ${logged.slice(-20).join("\n")}`));
  });
  const url = await ready.promise;
  return {
    url,
    token: readFileSync(join(data, "admin-token"), "utf8").trim(),
    ca: readFileSync(join(data, "pki", "ca.crt"), "utf8"),
    child,
    logged,
    exitCode: () => exit,
    stop: async () => {
      child.kill("SIGTERM");
      await ended.promise;
      await postgres.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
