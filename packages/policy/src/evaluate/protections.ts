import type { Labels } from "@percale/selector";
import type { PolicyIndex } from "../select/policy-index.ts";
import { comparePolicies, compareTiers } from "../select/order.ts";
import type { TierInfo } from "../select/order.ts";
import type { SelectingPolicy } from "../select/selection.ts";
import type { Cluster, EndpointView } from "./cluster.ts";
import type { Tally } from "./coverage.ts";
import { protectionOf } from "./protection.ts";
import type { End, Protection, Stop } from "./protection.ts";
import type { Direction } from "./query.ts";
import { voiceOf } from "./voice.ts";

export type BothWays = Readonly<Record<Direction, Protection>>;

interface Situation {
  readonly labels: Labels;
  /** In their order. */
  readonly profiles: readonly string[];
  /** By tier: policies in force on the endpoint. */
  readonly tiers: ReadonlyMap<string, Tally>;
}

/** How endpoints of one state of a cluster are protected. Those in the same situation share one answer; there are few situations. */
export class Protections {
  readonly #cluster: Cluster;
  readonly #speaking: PolicyIndex;
  readonly #known = new Map<string, BothWays>();

  /** `speaking`: policies that say more than whom they allow. The others matter only for being in their tier. */
  constructor(cluster: Cluster, speaking: PolicyIndex) {
    this.#cluster = cluster;
    this.#speaking = speaking;
  }

  of({ labels, profiles, tiers }: Situation): BothWays {
    const speakers = [...this.#speaking.selecting(labels)];
    const inTiers = Array.from(
      tiers,
      ([name, { ingress, egress }]) => `${name}${ingress > 0 ? "<" : ""}${egress > 0 ? ">" : ""}`,
    );
    const key = [inTiers.sort().join(), profiles.join(), ...speakers.map(({ head }) => head.key)].join(" ");
    let both = this.#known.get(key);
    if (both === undefined) {
      const way = (direction: Direction): Protection =>
        protectionOf([
          ...this.#tierStops(direction, tiers, speakers),
          ...profileStops(this.#cluster, direction, profiles),
        ]);
      this.#known.set(key, (both = { ingress: way("ingress"), egress: way("egress") }));
    }
    return both;
  }

  /** A tier without a policy of the direction does not count for it. */
  #tierStops(direction: Direction, tiers: Situation["tiers"], speakers: readonly SelectingPolicy[]): readonly Stop[] {
    const { selection } = this.#cluster;
    const names = [...tiers].flatMap(([name, tally]) => (tally[direction] > 0 ? [name] : []));
    const byTier = Map.groupBy(
      speakers.filter(({ head }) => head[direction]),
      ({ head }) => head.tier,
    );
    return names
      .map((name) => selection.tier(name))
      .sort(compareTiers)
      .map((info) => ({
        tier: info.name,
        owners: (byTier.get(info.name) ?? [])
          .sort((a, b) => comparePolicies(a.head, b.head))
          .map((policy) => ({ ref: policy.ref, voice: voiceOf(this.#cluster.rulesInForce(policy)![direction]) })),
        unmatched: unmatchedIn(info),
      }));
  }
}

/** All of an endpoint, with every policy in force on it. */
export function stopsOf(cluster: Cluster, endpoint: EndpointView, direction: Direction): readonly Stop[] {
  const tiers = cluster.tiersOf(endpoint).flatMap(({ info, policies }) => {
    const owners = policies[direction].map(({ ref, rules }) => ({ ref, voice: voiceOf(rules[direction]) }));
    return owners.length === 0 ? [] : [{ tier: info.name, owners, unmatched: unmatchedIn(info) }];
  });
  return [...tiers, ...profileStops(cluster, direction, endpoint.profileNames)];
}

function profileStops(cluster: Cluster, direction: Direction, profiles: readonly string[]): readonly Stop[] {
  return profiles.map((name) => {
    const { ref, rules } = cluster.profileOf(name);
    return { owners: [{ ref, voice: voiceOf(rules[direction]) }], unmatched: undefined };
  });
}

function unmatchedIn({ name, defaultAction }: TierInfo): End | undefined {
  return defaultAction === "Deny" ? { by: "tier", tier: name } : undefined;
}
