import type { FinalAction } from "./query.ts";
import type { EvaluableRule } from "./rule.ts";

/** Rules of one list: the first of them, and how many. */
export interface Some {
  readonly first: number;
  readonly count: number;
}

/** What a list of rules says whatever a packet is, and which rules before that have a condition and speak of some packets only. */
export interface Voice {
  readonly end: { readonly rule: number; readonly action: FinalAction } | undefined;
  readonly some: Readonly<Partial<Record<FinalAction, Some>>>;
}

const known = new WeakMap<readonly EvaluableRule[], Voice>();

export function voiceOf(rules: readonly EvaluableRule[]): Voice {
  let voice = known.get(rules);
  if (voice === undefined) known.set(rules, (voice = read(rules)));
  return voice;
}

/** They say more than whom they allow: to the packets that they do not allow, others are as good as no rules. */
export function speaks(rules: readonly EvaluableRule[]): boolean {
  const { end, some } = voiceOf(rules);
  return end !== undefined || some.Deny !== undefined || some.Pass !== undefined;
}

function read(rules: readonly EvaluableRule[]): Voice {
  const some: Partial<Record<FinalAction, Some>> = {};
  for (const [rule, { action, checks }] of rules.entries()) {
    if (action === "Log") continue;
    if (checks.length === 0) return { end: { rule, action }, some };
    const { first = rule, count = 0 } = some[action] ?? {};
    some[action] = { first, count: count + 1 };
  }
  return { end: undefined, some };
}
