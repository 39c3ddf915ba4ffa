import type { Expr, Family, NftChain, NftRule } from "@percale/kernel";
import { STAGE_TRAITS } from "@percale/policy";
import type { ActiveEndpoint, DataplaneConfig, Direction, EndpointTier, PolicyKey } from "@percale/policy";
import {
  ACCEPT,
  clearMark,
  connectionState,
  COUNTER,
  CT_ESTABLISHED_RELATED,
  CT_INVALID,
  jump,
  loadPort,
  markHas,
  protocol,
  RETURN,
  u16be,
} from "./expr.ts";
import { endpointChain, marksOf, policyPrefix, profilePrefix, tierPrefix } from "./layout.ts";
import type { RenderedStage } from "./layout.ts";
import type { ChainNames } from "./names.ts";
import { denyExprs } from "./policy.ts";
import type { PolicyFacts } from "./policy.ts";
import { R0 } from "@percale/kernel";

/** What is known of the chains that an endpoint's chain jumps to. undefined: there is no such policy or profile. */
export interface EndpointFacts {
  policy(key: PolicyKey, direction: Direction): PolicyFacts | undefined;
  profile(name: string, direction: Direction): { readonly empty: boolean } | undefined;
}

/** The endpoint's own chain at a stage and one per tier that a policy can pass on from, callees first. */
export function renderEndpoint(options: {
  readonly endpoint: ActiveEndpoint;
  readonly stage: RenderedStage;
  readonly direction: Direction;
  readonly family: Family;
  readonly config: DataplaneConfig;
  readonly facts: EndpointFacts;
  readonly names: Pick<ChainNames, "nameOf">;
}): readonly NftChain[] {
  const { endpoint, stage, direction, family, config, facts, names } = options;
  const { hasProfiles, unmatched } = STAGE_TRAITS[stage];
  const name = endpointChain(endpoint.match.name, direction, stage);
  const deny = denyExprs(config, family);
  if (!endpoint.active) return [{ name, rules: [plain(deny, "endpoint is not active")] }];
  const rules = connectionRules(config, deny);
  if (direction === "egress") rules.push(...tunnelRules(config, deny));
  const chains: NftChain[] = [];
  for (const tier of endpoint.stages[stage] ?? []) {
    if (tier[direction].length === 0) continue;
    const body = tierRules({ tier, direction, deny, passBit: marksOf(config.markMask).pass, facts, names });
    if (!body.passes) rules.push(...body.rules);
    else {
      const chain = names.nameOf(tierPrefix(endpoint.match.name, direction, stage), tier.name);
      chains.push({ name: chain, rules: body.rules });
      rules.push(plain([jump(chain)]));
    }
    if (!body.passes && tier.defaultAction === "Deny") return [...chains, { name, rules }]; // nothing gets past it
  }
  for (const profile of hasProfiles ? endpoint.profiles : []) {
    const known = facts.profile(profile, direction);
    if (known === undefined) rules.push(plain(deny, "profile is missing"));
    else if (!known.empty) rules.push(plain([jump(names.nameOf(profilePrefix(direction), profile))]));
  }
  if (unmatched === "deny") rules.push(plain(deny, "no profile matched"));
  return [...chains, { name, rules }];
}

function plain(exprs: readonly Expr[], comment = ""): NftRule {
  return { exprs, comment };
}

/** A reply or a related packet passes by the first chain that it meets. */
function connectionRules(config: DataplaneConfig, deny: readonly Expr[]): NftRule[] {
  const rules = [plain([...connectionState(CT_ESTABLISHED_RELATED), ACCEPT])];
  if (!config.disableConntrackInvalidCheck) rules.push(plain([...connectionState(CT_INVALID), ...deny]));
  return rules;
}

function tunnelRules(config: DataplaneConfig, deny: readonly Expr[]): NftRule[] {
  const rules: NftRule[] = [];
  const toVxlan: Expr = { e: "cmp", op: "eq", reg: R0, data: u16be(config.vxlanPort) };
  if (!config.allowVXLANPacketsFromWorkloads)
    rules.push(plain([...protocol(17), loadPort("destination"), toVxlan, ...deny], "VXLAN from a workload"));
  if (!config.allowIPIPPacketsFromWorkloads) rules.push(plain([...protocol(4), ...deny], "IPIP from a workload"));
  return rules;
}

/**
 * Each policy in turn. One that can pass is followed by a test of its bit, which clears it and leaves the tier; that needs
 * a chain of the tier's own.
 */
function tierRules(options: {
  readonly tier: EndpointTier;
  readonly direction: Direction;
  readonly deny: readonly Expr[];
  readonly passBit: number;
  readonly facts: EndpointFacts;
  readonly names: Pick<ChainNames, "nameOf">;
}) {
  const { tier, direction, deny, passBit, facts, names } = options;
  const rules: NftRule[] = [];
  let passes = false;
  for (const key of tier[direction]) {
    const policy = facts.policy(key, direction);
    if (policy === undefined) rules.push(plain(deny, "policy is missing"));
    else if (!policy.empty) rules.push(plain([jump(names.nameOf(policyPrefix(direction), key))]));
    if (policy?.passes !== true) continue;
    passes = true;
    rules.push(plain([...markHas(passBit), ...clearMark(passBit), RETURN]));
  }
  if (tier.defaultAction === "Deny") rules.push(plain(deny, `end of tier ${tier.name}`));
  else if (passes) rules.push(plain([COUNTER, RETURN], `end of tier ${tier.name}: pass`));
  return { rules, passes };
}
