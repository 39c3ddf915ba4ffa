import { compare } from "@percale/policy";
import type { Evaluator, Explanation } from "@percale/policy";
import type { DecisionView, ImpactChange, ImpactView } from "../trpc/views.ts";
import { calledBy } from "../lists/endpoint-entry.ts";
import { decisionView } from "./decision-text.ts";
import { allPairs, endpointsOf, queryOf } from "./pairs.ts";
import type { Course } from "./questions.ts";
import { objectChanges } from "./world.ts";
import type { Change } from "./world.ts";

/** The changes are rows; of those that the answer has no room for it says how many. Throws StatusError 400 if there are too many pairs. */
export async function impact(
  now: Evaluator,
  changes: readonly Change[],
  { rows, inSlices }: Course,
): Promise<Omit<ImpactView, "changes" | "revision">> {
  const then = now.with(objectChanges(changes));
  const questions = allPairs(endpointsOf(then), undefined);
  const more = { denied: 0, allowed: 0 };
  await inSlices(questions, (slice) => {
    const byQuery = new Map(slice.map((question) => [queryOf(question), question]));
    for (const { query, before, after } of compare(now, then, byQuery.keys())) {
      const pair = byQuery.get(query)!; // compare answers with the queries it was given
      const called = { from: calledBy(then, pair.from), to: calledBy(then, pair.to) };
      const row: ImpactChange = { ...pair, called, before: deciding(before), after: deciding(after) };
      if (!rows.add(row)) more[after.verdict === "deny" ? "denied" : "allowed"]++;
    }
  });
  const isCut = more.denied + more.allowed > 0;
  return { examined: questions.length, ...(isCut && { more }) };
}

function deciding(told: Explanation): DecisionView {
  const direction = told.decision.direction ?? "ingress";
  return decisionView(direction, told[direction], told);
}
