import type { Evaluator } from "@percale/policy";
import { badRequest, formatRef } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import type { CoverageRow } from "../trpc/views.ts";
import { endpointsOf } from "./pairs.ts";
import type { Course, Questions } from "./questions.ts";

/** What is in force where, in numbers: a row for each of what `per` says that has anything in force. Throws StatusError 400 if they are too many. */
export async function coverage(
  evaluator: Evaluator,
  { per }: Questions["coverage"],
  { rows, inSlices }: Course,
): Promise<void> {
  const byName = new Map<string, CoverageRow>();
  const count = (name: string, { ingress, egress }: Covered): void => {
    const before = byName.get(name) ?? { count: 0, ingress: false, egress: false };
    byName.set(name, {
      name,
      count: before.count + 1,
      ingress: before.ingress || ingress,
      egress: before.egress || egress,
    });
  };
  await inSlices([...endpointsOf(evaluator).keys()], (slice) => {
    for (const endpoint of slice)
      for (const covered of inForceOn(evaluator, endpoint))
        count(per === "endpoint" ? endpoint : covered.policy, covered);
  });
  for (const row of byName.values())
    if (!rows.add(row)) throw badRequest(`${byName.size} rows are longer than an answer may be`);
}

interface Covered {
  readonly policy: string;
  readonly ingress: boolean;
  readonly egress: boolean;
}

function inForceOn(evaluator: Evaluator, endpoint: string): readonly Covered[] {
  const [namespace, name] = endpoint.split("/") as [string, string]; // as `keyOf` made it
  const { tiers } = evaluator.effectivePolicies({ namespace, name });
  const keys = (refs: readonly ObjectRef[]): Set<string> => new Set(refs.map((ref) => formatRef(ref)));
  const ingress = keys(tiers.flatMap((tier) => tier.ingress));
  const egress = keys(tiers.flatMap((tier) => tier.egress));
  return Array.from(new Set([...ingress, ...egress]), (policy) => ({
    policy,
    ingress: ingress.has(policy),
    egress: egress.has(policy),
  }));
}
