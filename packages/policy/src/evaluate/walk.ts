import type { Cluster, EndpointView, RuledBy } from "./cluster.ts";
import type { Direction, FinalAction, Half, HalfDecision, PolicyStep, RuleStep, TierStep, Verdict } from "./query.ts";
import { misfit } from "./rule.ts";
import type { EvaluableRule, Sight } from "./rule.ts";
import { wantsOf } from "./wants.ts";

export interface Outcome {
  readonly verdict: Verdict;
  readonly decision: HalfDecision;
}

/** Where a walk writes down what it looked at; without one it only decides. */
export interface Trail {
  readonly tiers: TierStep[];
  readonly profiles: PolicyStep[];
}

/** Steps 7-9 of an endpoint's chain: tiers, profiles, deny. */
export function walk(
  cluster: Cluster,
  {
    endpoint,
    direction,
    packet,
  }: { readonly endpoint: EndpointView; readonly direction: Direction; readonly packet: Sight },
  trail?: Trail,
): Outcome {
  for (const { info, policies } of cluster.tiersOf(endpoint)) {
    const list = policies[direction];
    if (list.length === 0) continue;
    const hit = firstHit(list, direction, packet);
    trail?.tiers.push({
      tier: info.name,
      exists: info.exists,
      defaultAction: info.defaultAction,
      policies: steps(list, direction, packet),
      outcome: hit?.action ?? info.defaultAction,
      byDefault: hit === undefined,
    });
    if (hit === undefined && info.defaultAction === "Deny")
      return { verdict: "deny", decision: { by: "tier", tier: info.name, direction, action: "Deny" } };
    if (hit === undefined || hit.action === "Pass") continue;
    return { verdict: VERDICTS[hit.action], decision: byRule(hit, direction, info.name) };
  }
  for (const name of endpoint.profileNames) {
    const profile = cluster.profileOf(name);
    const hit = firstHit([profile], direction, packet);
    trail?.profiles.push(...steps([profile], direction, packet));
    if (hit === undefined || hit.action === "Pass") continue; // Pass ends this profile only
    return { verdict: VERDICTS[hit.action], decision: byRule(hit, direction, undefined) };
  }
  const message =
    endpoint.profileNames.length === 0
      ? `${endpoint.key} has no profile, and no policy decided`
      : `no rule of the profiles of ${endpoint.key} matched`;
  return { verdict: "deny", decision: { by: "no profile matched", direction, message } };
}

/** One endpoint's half with everything it looked at. */
export function explainHalf(
  cluster: Cluster,
  subject: { readonly endpoint: EndpointView; readonly direction: Direction; readonly packet: Sight },
): Half {
  const trail: Trail = { tiers: [], profiles: [] };
  const outcome = walk(cluster, subject, trail);
  return { endpoint: subject.endpoint.key, direction: subject.direction, ...outcome, ...trail };
}

const VERDICTS: Readonly<Record<Exclude<FinalAction, "Pass">, Verdict>> = { Allow: "allow", Deny: "deny" };

interface Hit {
  readonly owner: RuledBy;
  readonly index: number;
  readonly action: FinalAction;
}

function firstHit(list: readonly RuledBy[], direction: Direction, packet: Sight): Hit | undefined {
  for (const owner of list) {
    const rules = owner.rules[direction];
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index]!;
      if (rule.action !== "Log" && misfit(rule, packet) === undefined) return { owner, index, action: rule.action };
    }
  }
  return undefined;
}

/** What each policy said, up to and with the one that decided. */
function steps(list: readonly RuledBy[], direction: Direction, packet: Sight): PolicyStep[] {
  const result: PolicyStep[] = [];
  for (const { ref, rules } of list) {
    const step = policyStep(ref, rules[direction], packet);
    result.push(step);
    if (step.outcome !== "no match") break;
  }
  return result;
}

function policyStep(ref: RuledBy["ref"], rules: readonly EvaluableRule[], packet: Sight): PolicyStep {
  const looked: RuleStep[] = [];
  for (const [index, rule] of rules.entries()) {
    const failedField = misfit(rule, packet);
    const matched = failedField === undefined;
    const failed =
      failedField === undefined ? {} : { failedField, wants: wantsOf(rule.written, failedField, ref.namespace) };
    looked.push({ index, action: rule.action, matched, ...failed });
    if (matched && rule.action !== "Log") return { ref, rules: looked, outcome: rule.action, ruleIndex: index };
  }
  return { ref, rules: looked, outcome: "no match" };
}

function byRule({ owner: { ref }, index, action }: Hit, direction: Direction, tier: string | undefined): HalfDecision {
  return {
    by: "rule",
    kind: ref.kind,
    name: ref.name,
    ...(ref.namespace !== undefined && { namespace: ref.namespace }),
    ...(tier !== undefined && { tier }),
    direction,
    ruleIndex: index,
    action,
  };
}
