import type { Candidate } from "./sample.ts";

/** Runs these test files, with the candidate in place of its file if there is one. */
export type Run = (tests: readonly string[], candidate?: Candidate) => Promise<Outcome>;

export interface Outcome {
  readonly passed: boolean;
  /** By the test runner. */
  readonly said: string;
}

/** `broken`: the tests fail without any mutant, so that nothing they say of one means anything. */
export type Verdict =
  | { readonly kind: "broken"; readonly tests: readonly string[]; readonly said: string }
  | { readonly kind: "judged"; readonly survivors: readonly Candidate[] };

const AT_ONCE = 2;

/** Which of the sample no test notices. Before, all tests that are to notice anything have to pass, in one run. */
export async function judge(
  sample: readonly Candidate[],
  testsByFile: ReadonlyMap<string, readonly string[]>,
  run: Run,
): Promise<Verdict> {
  const testsOf = ({ file }: Candidate): readonly string[] => testsByFile.get(file) ?? [];
  const tests = [...new Set(sample.flatMap(testsOf))].sort();
  const sound = tests.length === 0 ? { passed: true, said: "" } : await run(tests);
  if (!sound.passed) return { kind: "broken", tests, said: sound.said };
  const survivors = new Set<Candidate>();
  const queue = [...sample];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      if (testsOf(next).length === 0 || (await run(testsOf(next), next)).passed) survivors.add(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { kind: "judged", survivors: sample.filter((one) => survivors.has(one)) };
}
