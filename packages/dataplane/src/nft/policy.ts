import { shareExpr } from "@percale/kernel";
import type { Expr, Family, NftRule } from "@percale/kernel";
import type { ActivePolicy, ActiveProfile, DataplaneConfig, Direction, Rule } from "@percale/policy";
import { definitionOf, Profile } from "@percale/resources";
import { ACCEPT, COUNTER, DROP, RETURN, setMark } from "./expr.ts";
import { marksOf } from "./layout.ts";
import { matchRule } from "./match.ts";
import type { SetFacts } from "./match.ts";

/** What an endpoint's chain must know of a policy's: nothing to jump to, or to look at the pass bit afterwards. */
export interface PolicyFacts {
  readonly empty: boolean;
  readonly passes: boolean;
}

export interface RenderedPolicy extends PolicyFacts {
  readonly rules: readonly NftRule[];
}

/** What a deny does; only for hooks where a reject is legal (not raw). */
export function denyExprs(
  { filterDenyAction }: Pick<DataplaneConfig, "filterDenyAction">,
  family: Family,
): readonly Expr[] {
  return DENIED[filterDenyAction][family];
}

const ACCEPTED: readonly Expr[] = [COUNTER, ACCEPT];
const RETURNED: readonly Expr[] = [COUNTER, RETURN];
const DROPPED: readonly Expr[] = [COUNTER, DROP];
/** Reject: port unreachable. */
const DENIED: Readonly<Record<DataplaneConfig["filterDenyAction"], Readonly<Record<Family, readonly Expr[]>>>> = {
  Drop: { 4: DROPPED, 6: DROPPED },
  Reject: {
    4: [COUNTER, shareExpr({ e: "reject", with: "icmp", code: 3 })],
    6: [COUNTER, shareExpr({ e: "reject", with: "icmp", code: 4 })],
  },
};

/**
 * A policy's chain in one direction. `refused`: the kernel would not take its rules; up to the first that could let a packet
 * through it stays as it is, from there on it denies.
 */
export function renderPolicy(options: {
  readonly policy: ActivePolicy;
  readonly direction: Direction;
  readonly family: Family;
  readonly config: DataplaneConfig;
  readonly sets: SetFacts;
  readonly refused?: boolean;
}): RenderedPolicy {
  const { policy, direction, family, config, sets } = options;
  const source = policy[direction];
  if (options.refused === true) return renderRefused(source, family, config, sets);
  const rules: NftRule[] = [];
  let passes = false;
  for (const rule of source) {
    const before = rules.length;
    renderRule(rules, rule, policyVerdict(rule.action, policy, family, config), family, sets);
    if (rule.action === "pass" && rules.length > before) passes = true;
  }
  return { rules, empty: rules.length === 0, passes };
}

function policyVerdict(
  action: Rule["action"],
  policy: ActivePolicy,
  family: Family,
  config: DataplaneConfig,
): readonly Expr[] {
  switch (action) {
    case "allow":
      return ACCEPTED;
    case "deny":
      return denyExprs(config, family);
    case "pass":
      return [...setMark(marksOf(config.markMask).pass), ...RETURNED];
    case "log":
      return [logExpr(config, policy)];
  }
}

/** Pass inside a profile ends that profile only: a plain return. */
export function renderProfile(options: {
  readonly profile: ActiveProfile;
  readonly direction: Direction;
  readonly family: Family;
  readonly config: DataplaneConfig;
  readonly sets: SetFacts;
  readonly refused?: boolean;
}): readonly NftRule[] {
  const { profile, direction, family, config, sets } = options;
  if (options.refused === true) return renderRefused(profile[direction], family, config, sets).rules;
  const verdicts = {
    allow: ACCEPTED,
    deny: denyExprs(config, family),
    pass: RETURNED,
    log: [logExpr(config, { kind: Profile.kind, name: profile.name, tier: "" })],
  };
  const rules: NftRule[] = [];
  for (const rule of profile[direction]) renderRule(rules, rule, verdicts[rule.action], family, sets);
  return rules;
}

function renderRule(into: NftRule[], rule: Rule, verdict: readonly Expr[], family: Family, sets: SetFacts): void {
  const comment = rule.annotations === undefined ? "" : annotationText(rule.annotations);
  for (const match of matchRule(rule, family, sets)) {
    match.push(...verdict);
    into.push({ exprs: match, comment });
  }
}

function renderRefused(
  source: readonly Rule[],
  family: Family,
  config: DataplaneConfig,
  sets: SetFacts,
): RenderedPolicy {
  const deny = denyExprs(config, family);
  const rules: NftRule[] = [];
  for (const rule of source) {
    if (rule.action !== "deny") break;
    renderRule(rules, rule, deny, family, sets);
  }
  rules.push({ exprs: deny, comment: "refused by the kernel" });
  return { rules, empty: false, passes: false };
}

const LOG_LEVEL_INFO = 6;
const MAX_LOG_PREFIX = 126; // NF_LOG_PREFIXLEN is 128 with its NUL; ": " is part of it

function logExpr(
  { logPrefix }: Pick<DataplaneConfig, "logPrefix">,
  owner: {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
    readonly tier: string;
  },
): Expr {
  const path = owner.namespace === undefined ? owner.name : `${owner.namespace}/${owner.name}`;
  const values: Readonly<Record<string, string>> = {
    "%t": owner.tier,
    "%k": definitionOf(owner.kind)?.traits.logWord ?? owner.kind,
    "%n": owner.name,
    "%p": path,
  };
  const prefix = logPrefix.replaceAll(/%[tknp]/g, (verb) => values[verb] ?? verb);
  return { e: "log", prefix: `${prefix.slice(0, MAX_LOG_PREFIX - 2)}: `, level: LOG_LEVEL_INFO };
}

function annotationText(annotations: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(annotations).map(([key, value]) => `${key}=${value}`);
  return pairs.join(" ").replaceAll(/[^ -!#-[\]-~]/g, "_"); // printable ASCII without quote and backslash
}
