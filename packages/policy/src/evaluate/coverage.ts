import { Profile, Tier } from "@percale/resources";
import type { Labels } from "@percale/selector";
import { PolicyIndex } from "../select/policy-index.ts";
import { Selection } from "../select/selection.ts";
import type { SelectingPolicy } from "../select/selection.ts";
import { LayeredMap } from "../versions/layered-map.ts";
import { ObjectVersions } from "../versions/object-versions.ts";
import type { Cluster } from "./cluster.ts";
import { Protections } from "./protections.ts";
import type { BothWays } from "./protections.ts";
import type { Direction } from "./query.ts";
import { speaks, voiceOf } from "./voice.ts";

/** How many, and how many of them in each direction. */
export interface Tally {
  readonly count: number;
  readonly ingress: number;
  readonly egress: number;
}

/** Of an endpoint: policies in force on it, and how it is protected by them and by its profiles. */
export interface Covered {
  readonly count: number;
  /** Those without any are absent. */
  readonly tiers: ReadonlyMap<string, Tally>;
  readonly protection: BothWays;
}

/**
 * Which policies are in force where, in numbers, and how endpoints are protected, of one state of a cluster. Whoever keeps it has the next
 * one counted at the cost of what differs, and of one look at each endpoint; pairs are not kept, because where every policy is for
 * everybody there are millions.
 */
export interface Coverage {
  readonly of: Selection;
  readonly objects: ObjectVersions;
  /** What selectors saw of each endpoint. */
  readonly labels: ReadonlyMap<string, Labels>;
  /** Policies in force that say more than whom they allow. */
  readonly speaking: PolicyIndex;
  /** By the endpoint's `namespace/name`: all of them. */
  readonly byEndpoint: LayeredMap<string, Covered>;
  /** By the policy's `formatRef`: endpoints that it is in force on. Those without any are absent. */
  readonly byPolicy: LayeredMap<string, Tally>;
}

export const NOTHING_COVERED: Coverage = {
  of: new Selection([]),
  objects: new ObjectVersions(),
  labels: new Map(),
  speaking: new PolicyIndex(),
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
  #heard: Heard | undefined;
  /** Tiers and profiles are the same. */
  readonly #isSameElsewhere: boolean;
  readonly #byEndpoint: ReturnType<Coverage["byEndpoint"]["edit"]>;
  readonly #byPolicy: Tallies;

  constructor(cluster: Cluster, before: Coverage) {
    this.#before = before;
    this.#cluster = cluster;
    this.#labels = cluster.labelsByEndpoint();
    const [then, now] = [before.of.policies, cluster.selection.policies];
    this.#gone = then.without(now);
    this.#come = now.without(then);
    this.#isSameElsewhere = [Tier, Profile].every(({ kind }) => cluster.objects.hasSame(kind, before.objects));
    this.#byEndpoint = before.byEndpoint.edit();
    this.#byPolicy = new Tallies(before.byPolicy);
  }

  /** Those that came or went. The first endpoint needs the rules of all of them: who would rather have turns reads them before. */
  policies(): readonly SelectingPolicy[] {
    return [...this.#gone.all(), ...this.#come.all()];
  }

  read(policy: SelectingPolicy): void {
    this.#cluster.rulesInForce(policy);
  }

  /** All that have to be counted. */
  endpoints(): readonly string[] {
    const all = [...new Set([...this.#before.labels.keys(), ...this.#labels.keys()])];
    if (this.#gone.size + this.#come.size > 0 || !this.#isSameElsewhere) return all;
    return all.filter((endpoint) => this.#before.labels.get(endpoint) !== this.#labels.get(endpoint));
  }

  count(endpoint: string): void {
    const before = this.#before.labels.get(endpoint);
    const now = this.#labels.get(endpoint);
    const isSame = before === now;
    const gone = before === undefined ? [] : this.#inForce(isSame ? this.#gone : this.#before.of.policies, before);
    const come = now === undefined ? [] : this.#inForce(isSame ? this.#come : this.#cluster.selection.policies, now);
    for (const policy of gone) this.#byPolicy.add(policy.head.key, policy, -1);
    for (const policy of come) this.#byPolicy.add(policy.head.key, policy, 1);
    if (isSame && this.#isSameElsewhere && this.#isSameTo(gone, come)) return;
    this.#byEndpoint.set(endpoint, now && this.#covered(endpoint, { labels: now, gone, come }));
  }

  done(): Coverage {
    const byPolicy = this.#before.byPolicy.edit();
    for (const [name, tally] of this.#byPolicy.changed()) byPolicy.set(name, tally.count === 0 ? undefined : tally);
    return {
      of: this.#cluster.selection,
      objects: this.#cluster.objects,
      labels: this.#labels,
      speaking: this.#hear().speaking,
      byEndpoint: this.#byEndpoint.done(),
      byPolicy: byPolicy.done(),
    };
  }

  #hear(): Heard {
    if (this.#heard === undefined) {
      const revoiced = differing(this.#voices(this.#gone), this.#voices(this.#come));
      const speaking = this.#before.speaking.with([...absent(this.#gone), ...this.#speakers(this.#come)]);
      this.#heard = { revoiced, speaking, protections: new Protections(this.#cluster, speaking) };
    }
    return this.#heard;
  }

  #inForce(policies: PolicyIndex, labels: Labels): readonly SelectingPolicy[] {
    return policies
      .selecting(labels)
      .filter((policy) => this.#cluster.rulesInForce(policy) !== undefined)
      .toArray();
  }

  /** What an endpoint lost it got again, and it says the same to it. */
  #isSameTo(gone: readonly SelectingPolicy[], come: readonly SelectingPolicy[]): boolean {
    if (gone.length !== come.length) return false;
    const again = new Set(come.map(({ head }) => head.key));
    return gone.every(({ head: { key } }) => again.has(key) && !this.#hear().revoiced.has(key));
  }

  #covered(endpoint: string, { labels, gone, come }: Change): Covered {
    const { count = 0, tiers: before = new Map<string, Tally>() } = this.#byEndpoint.get(endpoint) ?? {};
    const tallies = new Tallies(before);
    for (const policy of gone) tallies.add(policy.head.tier, policy, -1);
    for (const policy of come) tallies.add(policy.head.tier, policy, 1);
    const now = new Map([...before, ...tallies.changed()]);
    const tiers = new Map([...now].filter(([, tally]) => tally.count > 0));
    const profiles = this.#cluster.profileNamesOf(endpoint);
    const protection = this.#hear().protections.of({ labels, profiles, tiers });
    return { count: count - gone.length + come.length, tiers, protection };
  }

  *#speakers(policies: PolicyIndex): Generator<readonly [string, SelectingPolicy]> {
    for (const policy of policies.all())
      if (DIRECTIONS.some((direction) => this.#speaks(policy, direction))) yield [policy.head.key, policy];
  }

  #speaks(policy: SelectingPolicy, direction: Direction): boolean {
    const rules = this.#cluster.rulesInForce(policy);
    return policy.head[direction] && rules !== undefined && speaks(rules[direction]);
  }

  /** By key: what of a policy protection depends on, as text. */
  #voices(policies: PolicyIndex): ReadonlyMap<string, string> {
    return new Map(
      policies.all().map((policy) => {
        const { key, tier, order } = policy.head;
        const voices = DIRECTIONS.map((direction) => {
          if (!policy.head[direction]) return null;
          return this.#speaks(policy, direction)
            ? [order, voiceOf(this.#cluster.rulesInForce(policy)![direction])]
            : "silent";
        });
        return [key, JSON.stringify([tier, ...voices])] as const;
      }),
    );
  }
}

const DIRECTIONS = ["ingress", "egress"] as const;

/** What is made of the rules of all policies that came and went. */
interface Heard {
  readonly speaking: PolicyIndex;
  readonly protections: Protections;
  /** Keys of policies that came, went, or say another thing to those whom they do not allow. */
  readonly revoiced: ReadonlySet<string>;
}

/** Policies that an endpoint lost and got. */
interface Change {
  readonly labels: Labels;
  readonly gone: readonly SelectingPolicy[];
  readonly come: readonly SelectingPolicy[];
}

/** Tallies while they are counted. */
class Tallies {
  readonly #from: { get(name: string): Tally | undefined };
  readonly #changed = new Map<string, { -readonly [K in keyof Tally]: Tally[K] }>();

  constructor(from: { get(name: string): Tally | undefined }) {
    this.#from = from;
  }

  add(name: string, { head }: SelectingPolicy, by: 1 | -1): void {
    let tally = this.#changed.get(name);
    if (tally === undefined) this.#changed.set(name, (tally = { ...(this.#from.get(name) ?? NONE) }));
    tally.count += by;
    if (head.ingress) tally.ingress += by;
    if (head.egress) tally.egress += by;
  }

  changed(): MapIterator<[string, Tally]> {
    return this.#changed.entries();
  }
}

function* absent(policies: PolicyIndex): Generator<readonly [string, undefined]> {
  for (const { head } of policies.all()) yield [head.key, undefined];
}

function differing(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set([...a.keys(), ...b.keys()].filter((key) => a.get(key) !== b.get(key)));
}
