import { readFileSync } from "node:fs";
import { seeded } from "@percale/testkit";
import type { Mutant } from "./apply.ts";
import { mutantsOf } from "./mutants.ts";

export interface Candidate {
  readonly file: string;
  readonly mutant: Mutant;
}

/** `count` mutants of these files, every mutant as likely as every other; the same for the same seed. */
export function sampleMutants(files: readonly string[], count: number, seed: number): readonly Candidate[] {
  const all = files.flatMap((file) => mutantsOf(file, readFileSync(file, "utf8")).map((mutant) => ({ file, mutant })));
  const random = seeded(seed);
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, count);
}
