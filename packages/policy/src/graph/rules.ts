import type { Profile, StatedSpecOf } from "@percale/resources";
import { attempt } from "../compile/invalid.ts";
import type { PolicyHead } from "../select/policy.ts";
import { compileRule } from "../compile/rule.ts";
import type { SetDefinition, Sha224 } from "../compile/rule.ts";
import type { ActivePolicy, ActiveProfile, Rule, SetId } from "../model.ts";

export type RuleLists = Pick<StatedSpecOf<typeof Profile>, "ingress" | "egress">;

/** Both rule lists with every set they name, each once; or why the owner is invalid. */
export type CompiledRules =
  | { readonly ingress: readonly Rule[]; readonly egress: readonly Rule[]; readonly sets: readonly SetDefinition[] }
  | { readonly fault: string };

export function compileRules(spec: RuleLists, namespace: string | undefined, sha224: Sha224): CompiledRules {
  const sets = new Map<SetId, SetDefinition>();
  const context = { namespace, sha224, use: (set: SetDefinition) => sets.set(set.id, set) };
  const compile = (direction: "ingress" | "egress"): readonly Rule[] =>
    (spec[direction] ?? []).map((rule, i) => {
      const result = attempt(() => compileRule(rule, context));
      if ("fault" in result) throw new Error(`spec.${direction}[${i}]: ${result.fault}`);
      return result.value;
    });
  const result = attempt(() => ({ ingress: compile("ingress"), egress: compile("egress") }));
  return "fault" in result ? result : { ...result.value, sets: [...sets.values()] };
}

export function activePolicy(head: PolicyHead, rules: Exclude<CompiledRules, { fault: string }>): ActivePolicy {
  const { key, kind, namespace, name, tier } = head;
  return {
    key,
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
    tier,
    ingress: head.ingress ? rules.ingress : [],
    egress: head.egress ? rules.egress : [],
  };
}

const ALL = { source: {}, destination: {} } as const;

/** What stands in for a profile that endpoints name and that is not there: nothing passes. */
export function denyingProfile(name: string): ActiveProfile {
  return { name, ingress: [{ action: "deny", ...ALL }], egress: [{ action: "deny", ...ALL }] };
}

/** `projectcalico-default-allow` is there even where nobody stored it. */
export function allowingProfile(name: string): ActiveProfile {
  return { name, ingress: [{ action: "allow", ...ALL }], egress: [{ action: "allow", ...ALL }] };
}
