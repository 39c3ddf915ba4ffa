import { readFileSync } from "node:fs";
import type { Mutant } from "./apply.ts";
import { mutantsOf } from "./mutants.ts";

export interface Candidate {
  readonly file: string;
  readonly mutant: Mutant;
}

/** `count` mutants of these files, every mutant as likely as every other; the same for the same seed. */
export function sampleMutants(files: readonly string[], count: number, seed: number): readonly Candidate[] {
  const all = files.flatMap((file) => mutantsOf(file, readFileSync(file, "utf8")).map((mutant) => ({ file, mutant })));
  const random = mulberry32(seed);
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, count);
}

/** Tommy Ettinger's mulberry32: small, and good enough to draw a sample. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
