import { execFile } from "node:child_process";
import type { ExecFileException } from "node:child_process";
import { promisify } from "node:util";
import { parseRefusal } from "@percale/bgp";
import type { Refusal } from "@percale/bgp";
import { writeStateFile } from "@percale/daemon";

/** A check takes milliseconds. */
const TIMEOUT_MS = 30_000;

/** Has BIRD itself read a text, from a file that nobody else may read. Throws if it came to no verdict: that is nobody's fault but this node's. */
export async function checkConfig(
  text: string,
  at: { readonly program: string; readonly path: string },
): Promise<Refusal | undefined> {
  const { program, path } = at;
  await writeStateFile(path, text);
  try {
    await promisify(execFile)(program, ["-p", "-c", path], { timeout: TIMEOUT_MS, killSignal: "SIGKILL" });
    return undefined;
  } catch (error) {
    const { code, signal, message, stderr = "" } = error as ExecFileException; // execFile throws no other
    const refusal = parseRefusal(stderr);
    if (refusal !== undefined) return refusal;
    if (code === "ENOENT") throw new Error(`${program} is not installed`, { cause: error });
    const end = typeof signal === "string" ? `ended by ${signal}` : stderr.trim() || message.trim();
    throw new Error(`${program} could not check the configuration: ${end}`, { cause: error });
  }
}
