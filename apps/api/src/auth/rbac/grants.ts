import type { HeldRule } from "./role-book.ts";
import { ALL, ruleAllows } from "./rule.ts";
import type { Attributes, PolicyRule } from "./rule.ts";

/** All that somebody was given, arranged so that a question looks at few rules. Answers are remembered: the same are asked again and again. */
export class Grants {
  readonly all: readonly HeldRule[];
  readonly #byResource = new Map<string, HeldRule[]>();
  readonly #ofPaths: HeldRule[] = [];
  readonly #answers = new Map<string, HeldRule | undefined>();

  constructor(all: readonly HeldRule[]) {
    this.all = all;
    for (const held of all) {
      if ((held.rule.nonResourceURLs ?? []).length > 0 && held.namespace === undefined) this.#ofPaths.push(held);
      for (const resource of new Set((held.rule.resources ?? []).map(keyOf))) {
        const known = this.#byResource.get(resource);
        if (known === undefined) this.#byResource.set(resource, [held]);
        else known.push(held);
      }
    }
  }

  /** What allows it; undefined if nothing does. */
  find(asked: Attributes): HeldRule | undefined {
    if ("path" in asked) return this.#ofPaths.find(({ rule }) => ruleAllows(rule, asked));
    const key = `${asked.verb} ${asked.group} ${asked.resource} ${asked.subresource ?? ""} ${asked.namespace ?? ""} ${asked.name ?? ""}`;
    if (this.#answers.has(key)) return this.#answers.get(key);
    const candidates = [this.#byResource.get(asked.resource) ?? [], this.#byResource.get(ALL) ?? []].flat();
    const found = candidates.find((held) => countsIn(held, asked.namespace) && ruleAllows(held.rule, asked));
    if (this.#answers.size >= REMEMBERED) this.#answers.clear();
    this.#answers.set(key, found);
    return found;
  }

  /** The rules that count in a namespace, those of the whole cluster among them; of no namespace those alone. */
  in(namespace: string | undefined): PolicyRule[] {
    return this.all.filter((held) => countsIn(held, namespace)).map(({ rule }) => rule);
  }
}

/** Names may be as many as there are objects. */
const REMEMBERED = 2_000;

function countsIn(held: HeldRule, namespace: string | undefined): boolean {
  return held.namespace === undefined || held.namespace === namespace;
}

/** `x/status` goes with x; a `*` may be about any resource. */
function keyOf(resource: string): string {
  return resource.split("/", 1)[0]!;
}
