import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { parseRefusal } from "@percale/bgp";
import type { Refusal } from "@percale/bgp";
import { writeStateFile } from "@percale/daemon";

/** Has BIRD itself read a text, from a file that nobody else may read. Throws if the program is not there. */
export async function checkConfig(
  text: string,
  at: { readonly program: string; readonly path: string },
): Promise<Refusal | undefined> {
  const { program, path } = at;
  await writeStateFile(path, text);
  try {
    await promisify(execFile)(program, ["-p", "-c", path]);
    return undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new Error(`${program} is not installed`, { cause: error });
    return parseRefusal(error instanceof Error && "stderr" in error ? String(error.stderr) : String(error));
  }
}
