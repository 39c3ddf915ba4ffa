import { expect, test } from "vitest";
import { turns } from "./turns.ts";

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
