import type {
  Decision,
  Direction,
  Explanation,
  Half,
  HalfDecision,
  PolicyStep,
  ResolvedPeer,
  TierStep,
} from "@percale/policy";
import { DEFAULT_TIER, formatRef, Profile } from "@percale/resources";
import type { DecisionStep, DecisionView, PartyView } from "../trpc/views.ts";

/** The evaluator's account of one side as the browser shows it. */
export function decisionView(
  direction: Direction,
  half: Half | undefined,
  { decision, verdict }: Explanation,
): DecisionView {
  if (half === undefined) return absentHalf(direction, decision, verdict);
  return {
    direction,
    verdict: half.verdict,
    ...decider(half.decision),
    text: decisionText(half.decision),
    steps: [...half.tiers.flatMap(tierSteps), ...half.profiles.flatMap(profileSteps)],
  };
}

/** A side that has no endpoint of ours, or one that was never asked because the other refused first. */
function absentHalf(direction: Direction, decision: Decision, verdict: "allow" | "deny"): DecisionView {
  const decidedHere = decision.direction === undefined || decision.direction === direction;
  const text = decidedHere
    ? decisionText(decision)
    : direction === "ingress" && verdict === "deny"
      ? "not asked: the sending side refuses"
      : "no policy of ours covers this side";
  return { direction, verdict: decidedHere ? verdict : "allow", by: "notAnEndpoint", text, steps: [] };
}

function decider(decision: HalfDecision): Omit<DecisionView, "direction" | "verdict" | "text" | "steps"> {
  switch (decision.by) {
    case "tier":
      return { by: "tierDefault", tier: decision.tier };
    case "no profile matched":
      return { by: "noMatch" };
    case "rule": {
      const { kind, name, namespace, tier, ruleIndex } = decision;
      if (kind === Profile.kind) return { by: "profile", profile: name, rule: ruleIndex };
      const policy = { kind, name, tier: tier ?? DEFAULT_TIER, ...(namespace !== undefined && { namespace }) };
      return { by: "rule", tier: policy.tier, policy, rule: ruleIndex };
    }
  }
}

export function decisionText(decision: Decision): string {
  if (decision.by === "tier")
    return `${decision.action}: policies of tier ${decision.tier} apply and none of their rules matched`;
  if (decision.by !== "rule") return decision.message;
  const { kind, name, namespace, tier, direction, ruleIndex, action } = decision;
  const where = namespace === undefined ? name : `${namespace}/${name}`;
  const inTier = tier === undefined ? "" : ` in tier ${tier}`;
  return `${action}: ${direction} rule ${ruleIndex + 1} of ${kind} ${where}${inTier}`;
}

function tierSteps({ tier, policies, outcome, byDefault, defaultAction }: TierStep): DecisionStep[] {
  const steps = policies.map((step): DecisionStep => {
    const { kind, name, namespace } = step.ref;
    const policy = { kind, name, tier, ...(namespace !== undefined && { namespace }) };
    return { tier, policy, ...stepOf(step) };
  });
  if (!byDefault) return steps;
  const action = defaultAction === "Deny" ? "deny" : "pass";
  return [...steps, { tier, action, text: `no rule matched: the tier's default is ${outcome}` }];
}

function profileSteps(step: PolicyStep): DecisionStep[] {
  return [{ profile: step.ref.name, ...stepOf(step) }];
}

/** Of a policy of many rules the first tell enough. */
const MAX_MISFITS = 8;
const STEP_ACTIONS: Readonly<Record<PolicyStep["outcome"], DecisionStep["action"]>> = {
  Allow: "allow",
  Deny: "deny",
  Pass: "pass",
  "no match": "none",
};

function stepOf({ ref, rules, outcome, ruleIndex }: PolicyStep): DecisionStep {
  const misfits = rules.flatMap(({ index, failedField, wants = "" }) =>
    failedField === undefined ? [] : [{ rule: index, field: failedField, wants }],
  );
  const told = misfits.slice(0, MAX_MISFITS);
  const left = misfits.length - told.length;
  const failed = [
    ...told.map(({ rule, field, wants }) => `rule ${rule + 1} wants ${field} ${wants}`),
    ...(left > 0 ? [`${left} more do not match`] : []),
  ].join("; ");
  const why = failed === "" ? "no rules" : failed;
  const text = outcome === "no match" ? `no rule matched (${why})` : `rule ${(ruleIndex ?? 0) + 1} says ${outcome}`;
  return {
    action: STEP_ACTIONS[outcome],
    text: `${formatRef(ref)}: ${text}`,
    ...(ruleIndex !== undefined && { rule: ruleIndex }),
    ...(told.length > 0 && { misfits: told }),
  };
}

export function partyView(text: string, { kind, name, node, address = "" }: ResolvedPeer): PartyView {
  return { text, address, ...(kind === "workload" && { endpoint: name }), ...(node !== undefined && { node }) };
}
