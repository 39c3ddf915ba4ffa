import { formatRef, Tier } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import type { Labels } from "@percale/selector";
import type { SelectedTier, SelectingPolicy } from "../select/selection.ts";
import type { Cluster } from "./cluster.ts";
import { covers, demandsOf } from "./covers.ts";
import type { Demands } from "./covers.ts";
import type { Direction } from "./query.ts";
import type { EvaluableRule } from "./rule.ts";
import { voiceOf } from "./voice.ts";

/** By the policy's `formatRef`: who leaves nothing to it. Policies, or a tier, which stands for the end of it. */
export type Shadows = ReadonlyMap<string, readonly ObjectRef[]>;

/**
 * Finds policies that could be deleted and no packet would meet another end: wherever they are in force, and whichever way, others before
 * them have decided. An endpoint at a time and in any order, so that others may have their turn in between. What it names is shadowed;
 * not all that is shadowed is seen (`covers`).
 */
export class Shadowing {
  readonly #cluster: Cluster;
  readonly #labels: ReadonlyMap<string, Labels>;
  /** Keys of policies that some packet may come to. */
  readonly #heard = new Set<string>();
  readonly #situations = new Set<string>();
  readonly #numbers = new Map<SelectingPolicy, number>();
  /** By key of the others, so far. */
  readonly #by = new Map<string, Map<string, ObjectRef>>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#labels = cluster.labelsByEndpoint();
  }

  endpoints(): readonly string[] {
    return [...this.#labels.keys()];
  }

  look(endpoint: string): void {
    const labels = this.#labels.get(endpoint)!;
    const { selection } = this.#cluster;
    const policies = [...selection.policies.selecting(labels)];
    // Most policies are heard on the first endpoints already, and where the same are in force nothing else comes out.
    if (policies.every(({ head }) => this.#heard.has(head.key))) return;
    const situation = policies.map((policy) => this.#numberOf(policy)).join();
    if (this.#situations.has(situation)) return;
    this.#situations.add(situation);
    const tiers = selection.tiersOn(labels, (policy) => this.#cluster.rulesInForce(policy) !== undefined);
    for (const direction of DIRECTIONS) this.#walk(tiers, direction);
  }

  done(): Shadows {
    const told = this.#by.entries().filter(([key, by]) => !this.#heard.has(key) && by.size > 0);
    return new Map(told.map(([key, by]) => [key, [...by].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ref]) => ref)]));
  }

  #numberOf(policy: SelectingPolicy): number {
    const number = this.#numbers.get(policy) ?? this.#numbers.size;
    this.#numbers.set(policy, number);
    return number;
  }

  #walk(tiers: readonly SelectedTier[], direction: Direction): void {
    let over: ObjectRef | undefined;
    for (const { info, policies: all } of tiers) {
      const policies = all.filter(({ head }) => head[direction]);
      if (policies.length === 0) continue;
      const before = new Earlier();
      let last: { readonly by: ObjectRef; readonly isPass: boolean } | undefined;
      let passes = false;
      for (const policy of policies) {
        const rules = this.#cluster.rulesInForce(policy)![direction];
        const ended = over ?? last?.by;
        if (!this.#heard.has(policy.head.key))
          this.#note(policy, ended === undefined ? shadowersOf(policy, rules, before, policies.length > 1) : [ended]);
        if (ended !== undefined) continue;
        const { end, some } = voiceOf(rules);
        passes ||= some.Pass !== undefined;
        if (end !== undefined) last = { by: policy.ref, isPass: end.action === "Pass" };
        before.add(policy, rules);
      }
      const goesOn = last === undefined ? info.defaultAction !== "Deny" : last.isPass;
      if (!goesOn && !passes) over ??= last?.by ?? { kind: Tier.kind, name: info.name };
    }
  }

  #note({ head: { key } }: SelectingPolicy, by: readonly ObjectRef[] | undefined): void {
    if (by === undefined) {
      this.#heard.add(key);
      return;
    }
    const all = this.#by.get(key) ?? new Map<string, ObjectRef>();
    for (const ref of by) all.set(formatRef(ref), ref);
    this.#by.set(key, all);
  }
}

const DIRECTIONS = ["ingress", "egress"] as const;

/** Rules of a tier that were asked already, each under one thing that it demands: who demands that too, and more, finds it there. */
class Earlier {
  readonly #byDemand = new Map<string, { readonly ref: ObjectRef; readonly wide: Demands }[]>();

  add({ ref, head }: SelectingPolicy, rules: readonly EvaluableRule[]): void {
    for (const rule of rules) {
      if (rule.action === "Log") continue;
      const wide = demands(rule, head.namespace);
      const [place = ""] = placesOf(wide);
      const list = this.#byDemand.get(place);
      if (list === undefined) this.#byDemand.set(place, [{ ref, wide }]);
      else list.push({ ref, wide });
    }
  }

  /** Whose rule leaves nothing to this one. */
  wider(narrow: Demands): ObjectRef | undefined {
    for (const place of [...placesOf(narrow), ""]) {
      const found = this.#byDemand.get(place)?.find(({ wide }) => covers(wide, narrow));
      if (found !== undefined) return found.ref;
    }
    return undefined;
  }
}

/** What tells rules apart best comes first. */
function* placesOf({ same, sides }: Demands): Generator<string> {
  for (const [side, { selected }] of sides.entries()) for (const selector of selected) yield `${side} ${selector}`;
  for (const [field, text] of same) yield `${field} ${text}`;
}

/**
 * Those of the same tier that decide before whatever these rules would; undefined if one of them may still match. Without rules nobody is
 * needed, but another one that brings the tier into force.
 */
function shadowersOf(
  { head }: SelectingPolicy,
  rules: readonly EvaluableRule[],
  before: Earlier,
  isOneOfSeveral: boolean,
): readonly ObjectRef[] | undefined {
  if (rules.length === 0) return isOneOfSeveral ? [] : undefined;
  const by = new Set<ObjectRef>();
  for (const rule of rules) {
    const wider = before.wider(demands(rule, head.namespace));
    if (wider === undefined) return undefined;
    by.add(wider);
  }
  return [...by];
}

const known = new WeakMap<EvaluableRule, Demands>();

function demands(rule: EvaluableRule, namespace: string | undefined): Demands {
  let read = known.get(rule);
  if (read === undefined) known.set(rule, (read = demandsOf(rule.written, namespace)));
  return read;
}
