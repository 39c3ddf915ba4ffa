import { wordsOfCauses } from "../manifests/fault.ts";
import type { ReadOptions } from "../manifests/read.ts";
import type { Scope } from "../manifests/target.ts";
import { tell } from "./outcome.ts";
import type { Fault } from "./outcome.ts";
import { readTargets } from "./write.ts";

/** All that a server would say of the objects of these files without looking at what it holds; no server is asked. */
export async function validateFiles(
  files: readonly string[],
  options: Scope & ReadOptions,
  say: (text: string) => void,
): Promise<string> {
  const targets = await readTargets(files, options, "ignore");
  const { faultsOf } = await import("../manifests/check.ts");
  const faults = targets.flatMap((target): Fault[] => {
    const found = faultsOf(target, "Strict");
    return found.length === 0 ? [] : [{ kind: target.kind.kind, words: wordsOfCauses(found, target.manifest) }];
  });
  return tell("validate", { kinds: targets.map(({ kind }) => kind.kind), faults }, say);
}
