import { expect, test } from "vitest";
import { inTurns, stepsInTurns, turns } from "./turns.ts";

test("work of less than ten milliseconds goes on, after them everybody else has a turn", async () => {
  let now = 0;
  const turn = turns(() => now);
  const seen: string[] = [];
  setImmediate(() => seen.push("somebody else"));
  for (const step of [1, 2, 3]) {
    now += 4;
    const due = turn();
    if (due !== undefined) await due;
    seen.push(`step ${step}`);
  }
  expect(seen).toEqual(["step 1", "step 2", "somebody else", "step 3"]);
});

test("of many short pieces of work some are done, then others have a turn", async () => {
  const until = (at: number): void => {
    while (performance.now() < at);
  };
  const seen: string[] = [];
  setImmediate(() => seen.push("somebody else"));
  await inTurns([1, 2, 3], (step) => {
    seen.push(`step ${step}`);
    until(performance.now() + 11);
  });
  expect(seen).toEqual(["step 1", "somebody else", "step 2", "step 3"]);
});

test("steps run to their result; others have their turn after every slice, and none before the first", async () => {
  const seen: string[] = [];
  let clock = 0;
  function* steps(): Generator<undefined, string> {
    for (let i = 0; i < 6; i++) {
      seen.push(`step ${i}`);
      clock += 4;
      yield;
    }
    return "done";
  }
  setImmediate(() => seen.push("others"));
  expect(
    await stepsInTurns(
      steps(),
      turns(() => clock),
    ),
  ).toBe("done");
  expect(seen).toEqual(["step 0", "step 1", "step 2", "others", "step 3", "step 4", "step 5"]);
});
