import type { Labels } from "@percale/selector";
import type { PolicyIndex } from "../select/policy-index.ts";
import { Selection } from "../select/selection.ts";
import type { SelectingPolicy } from "../select/selection.ts";
import { LayeredMap } from "../versions/layered-map.ts";
import type { Cluster } from "./cluster.ts";

/** How many, and how many of them in each direction. */
export interface Tally {
  readonly count: number;
  readonly ingress: number;
  readonly egress: number;
}

/**
 * Which policies are in force where, in numbers, of one state of a cluster. Whoever keeps it has the next one counted at the cost of what
 * differs, and of one look at each endpoint; pairs are not kept, because where every policy is for everybody there are millions.
 */
export interface Coverage {
  readonly of: Selection;
  /** What selectors saw of each endpoint. */
  readonly labels: ReadonlyMap<string, Labels>;
  /** By the endpoint's `namespace/name`: policies in force on it. Those without any are absent. */
  readonly byEndpoint: LayeredMap<string, Tally>;
  /** By the policy's `formatRef`: endpoints that it is in force on. */
  readonly byPolicy: LayeredMap<string, Tally>;
}

export const NOTHING_COVERED: Coverage = {
  of: new Selection([]),
  labels: new Map(),
  byEndpoint: new LayeredMap(),
  byPolicy: new LayeredMap(),
};

const NONE: Tally = { count: 0, ingress: 0, egress: 0 };

/**
 * Makes the coverage of a cluster from that of any other state, an endpoint at a time and in any order, so that others may have their turn
 * in between. What was in force is taken back, what is in force is added; where the endpoint looks the same to selectors, only of policies
 * that are other ones now.
 */
export class Counting {
  readonly #before: Coverage;
  readonly #cluster: Cluster;
  readonly #labels: ReadonlyMap<string, Labels>;
  readonly #gone: PolicyIndex;
  readonly #come: PolicyIndex;
  readonly #byEndpoint: Tallies;
  readonly #byPolicy: Tallies;

  constructor(cluster: Cluster, before: Coverage) {
    this.#before = before;
    this.#cluster = cluster;
    this.#labels = cluster.labelsByEndpoint();
    const [then, now] = [before.of.policies, cluster.selection.policies];
    this.#gone = then.without(now);
    this.#come = now.without(then);
    this.#byEndpoint = new Tallies(before.byEndpoint);
    this.#byPolicy = new Tallies(before.byPolicy);
  }

  /** All that have to be counted. */
  endpoints(): readonly string[] {
    const all = [...new Set([...this.#before.labels.keys(), ...this.#labels.keys()])];
    if (this.#gone.size + this.#come.size > 0) return all;
    return all.filter((endpoint) => this.#before.labels.get(endpoint) !== this.#labels.get(endpoint));
  }

  count(endpoint: string): void {
    const before = this.#before.labels.get(endpoint);
    const now = this.#labels.get(endpoint);
    const isSame = before === now;
    if (before !== undefined) this.#add(endpoint, isSame ? this.#gone : this.#before.of.policies, before, -1);
    if (now !== undefined) this.#add(endpoint, isSame ? this.#come : this.#cluster.selection.policies, now, 1);
  }

  done(): Coverage {
    return {
      of: this.#cluster.selection,
      labels: this.#labels,
      byEndpoint: this.#byEndpoint.done(),
      byPolicy: this.#byPolicy.done(),
    };
  }

  #add(endpoint: string, policies: PolicyIndex, labels: Labels, by: 1 | -1): void {
    for (const policy of policies.selecting(labels)) {
      if (!this.#cluster.isInForce(policy)) continue;
      this.#byEndpoint.add(endpoint, policy, by);
      this.#byPolicy.add(policy.head.key, policy, by);
    }
  }
}

/** Tallies while they are counted. */
class Tallies {
  readonly #from: Coverage["byPolicy"];
  readonly #changed = new Map<string, { -readonly [K in keyof Tally]: Tally[K] }>();

  constructor(from: Coverage["byPolicy"]) {
    this.#from = from;
  }

  add(name: string, { head }: SelectingPolicy, by: 1 | -1): void {
    let tally = this.#changed.get(name);
    if (tally === undefined) this.#changed.set(name, (tally = { ...(this.#from.get(name) ?? NONE) }));
    tally.count += by;
    if (head.ingress) tally.ingress += by;
    if (head.egress) tally.egress += by;
  }

  done(): Coverage["byPolicy"] {
    const edit = this.#from.edit();
    for (const [name, tally] of this.#changed) edit.set(name, tally.count === 0 ? undefined : tally);
    return edit.done();
  }
}
