import type { PolicyRule } from "@percale/resources";
import { attempt } from "../compile/invalid.ts";
import type { RuleLists } from "../graph/rules.ts";
import type { Direction } from "./query.ts";
import { evaluableRule, SelectorNumbers } from "./rule.ts";
import type { EvaluableRule } from "./rule.ts";

export type Rules = Readonly<Record<Direction, readonly EvaluableRule[]>>;

/** Compiles rules at first use, and once for all versions of a cluster that their owner is in. */
export class Compiler {
  readonly #numbers = new SelectorNumbers();
  readonly #compiled = new WeakMap<RuleLists, Rules | "invalid">();
  #count = 0;

  /** Of a policy's or profile's spec: the same object is the same rules. */
  rulesOf(spec: RuleLists, namespace: string | undefined): Rules | "invalid" {
    let rules = this.#compiled.get(spec);
    if (rules === undefined) {
      this.#count++;
      this.#compiled.set(spec, (rules = this.#compile(spec, namespace)));
    }
    return rules;
  }

  /** For a cluster of so many policies and profiles: itself, or a new one once most of what this compiled must be gone. */
  orNewFor(owners: number): Compiler {
    return this.#count > 2 * owners + 1_000 ? new Compiler() : this;
  }

  #compile(spec: RuleLists, namespace: string | undefined): Rules | "invalid" {
    const context = { namespace, numbers: this.#numbers };
    const compile = (rules: readonly PolicyRule[] = []): readonly EvaluableRule[] =>
      rules.map((rule) => evaluableRule(rule, context));
    const result = attempt(() => ({ ingress: compile(spec.ingress), egress: compile(spec.egress) }));
    return "value" in result ? result.value : "invalid";
  }
}
