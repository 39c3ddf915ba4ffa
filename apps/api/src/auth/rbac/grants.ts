import { ALL, ruleAllows } from "./rule.ts";
import type { Attributes, PolicyRule } from "./rule.ts";

interface Held {
  readonly rule: PolicyRule;
  /** Where it counts; absent: everywhere. */
  readonly namespace?: string;
}

/** All that somebody was given, arranged so that a question looks at few rules. Answers are remembered: the same are asked again and again. */
export class Grants<R extends Held> {
  readonly all: readonly R[];
  readonly #byResource = new Map<string, R[]>();
  readonly #ofPaths: R[] = [];
  readonly #answers = new Map<string, R | undefined>();
  /** Resources of which some rule names objects: of the others the name asked for changes no answer. */
  readonly #named = new Set<string>();

  constructor(all: readonly R[]) {
    this.all = all;
    for (const held of all) {
      if ((held.rule.nonResourceURLs ?? []).length > 0 && held.namespace === undefined) this.#ofPaths.push(held);
      for (const resource of new Set((held.rule.resources ?? []).map(keyOf))) {
        if ((held.rule.resourceNames ?? []).length > 0) this.#named.add(resource);
        const known = this.#byResource.get(resource);
        if (known === undefined) this.#byResource.set(resource, [held]);
        else known.push(held);
      }
    }
  }

  /** What allows it; undefined if nothing does. */
  find(asked: Attributes): R | undefined {
    if ("path" in asked) return this.#ofPaths.find(({ rule }) => ruleAllows(rule, asked));
    const name = this.#named.has(asked.resource) || this.#named.has(ALL) ? asked.name : undefined;
    const { verb, group, resource, subresource, namespace } = asked;
    const key = JSON.stringify([verb, group, resource, subresource, namespace, name]); // each may hold any character
    const known = this.#answers.get(key);
    if (known !== undefined || this.#answers.has(key)) return known;
    const candidates = [this.#byResource.get(asked.resource) ?? [], this.#byResource.get(ALL) ?? []].flat();
    const found = candidates.find((held) => countsIn(held, asked.namespace) && ruleAllows(held.rule, asked));
    if (this.#answers.size >= REMEMBERED) this.#answers.clear();
    this.#answers.set(key, found);
    return found;
  }
}

/** Names may be as many as there are objects. */
const REMEMBERED = 2_000;

export function countsIn(held: Held, namespace: string | undefined): boolean {
  return held.namespace === undefined || held.namespace === namespace;
}

/** `x/status` goes with x; a `*` may be about any resource. */
function keyOf(resource: string): string {
  return resource.split("/", 1)[0]!;
}
