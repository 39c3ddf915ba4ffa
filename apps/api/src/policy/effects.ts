import type { Evaluator, ObjectChange, Query } from "@percale/policy";
import { WorkloadEndpoint } from "@percale/resources";
import { keyOf } from "./pairs.ts";
import { probedPairs } from "./probes.ts";
import type { ChangeSetEffect, LabMatrixView } from "../trpc/views.ts";
import type { Course } from "./questions.ts";
import { objectChanges } from "./world.ts";
import type { Change, World } from "./world.ts";

/** Objects before and after; each may be compared with every endpoint. */
const MAX_COUNTED = 40;

/** A change set as what its objects were before it and after it. */
export interface EffectStep {
  readonly revision: number;
  /** Others only lead from one to the next. */
  readonly isAsked: boolean;
  readonly before: readonly Change[];
  readonly after: readonly Change[];
}

export interface EffectsQuestion {
  readonly lab: LabMatrixView;
  /** The newest first, one after the other without a gap. */
  readonly steps: readonly EffectStep[];
}

/**
 * What change sets did to the pairs that the lab probes, and how many endpoints they are about. The state goes back from set to set, so
 * that each is judged among what there was at its time, as far as the steps begin with the newest.
 */
export async function effects(
  world: World,
  { lab, steps }: EffectsQuestion,
  { rows, inSlices }: Course,
): Promise<void> {
  const queries = probedPairs(world, lab);
  let state = world.evaluator;
  for (const { revision, isAsked, before: was, after: left } of steps) {
    const changes = { before: objectChanges(was), after: objectChanges(left) };
    const after = state.with(changes.after);
    const before = after.with(changes.before);
    state = before;
    if (!isAsked) continue;
    const tally = { allowed: 0, denied: 0 };
    await inSlices(queries, (slice) => {
      for (const query of slice) {
        const [then, now] = [verdictOf(before, query), verdictOf(after, query)];
        if (then !== now && then !== undefined && now !== undefined) tally[now === "allow" ? "allowed" : "denied"]++;
      }
    });
    const isCounted = was.length + left.length <= MAX_COUNTED;
    const touched =
      isCounted && new Set([...endpointsIn(before, changes.before), ...endpointsIn(after, changes.after)]);
    const endpoints = touched && { endpoints: touched.size };
    const row: ChangeSetEffect = { revision, ...tally, pairs: queries.length, ...endpoints };
    rows.add(row);
  }
}

/** Undefined where an end was not there: a pair that comes or goes is no change of policy. */
function verdictOf(evaluator: Evaluator, query: Query): "allow" | "deny" | undefined {
  try {
    return evaluator.verdict(query);
  } catch {
    return undefined;
  }
}

/** Those that were written, and those that a policy of these applies to. */
function* endpointsIn({ selection }: Evaluator, changes: readonly ObjectChange[]): Generator<string> {
  for (const change of changes) {
    if (!("metadata" in change)) continue;
    if (change.kind === WorkloadEndpoint.kind) yield keyOf(change);
    else for (const { object } of selection.subjectsOf(change)) yield keyOf(object);
  }
}
