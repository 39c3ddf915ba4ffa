import { stepsInTurns } from "@percale/daemon";
import type { Turn } from "@percale/daemon";
import { RulePacker } from "@percale/kernel";
import type { Family, NftChain, PackedRules } from "@percale/kernel";
import { ownersByInterface, refOfPolicy, refOfProfile, STAGE_TRAITS } from "@percale/policy";
import type { ActiveEndpoint, Direction, PolicyKey } from "@percale/policy";
import { formatRef } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import type { Refusal } from "../policy/driver.ts";
import { renderBaseChains, spoofSet } from "./base.ts";

import { renderEndpoint } from "./endpoint.ts";
import { FAMILIES, isInterfaceName, policyPrefix, profilePrefix, RENDERED_STAGES } from "./layout.ts";
import { ChainNames } from "./names.ts";
import { renderPolicy, renderProfile } from "./policy.ts";
import type { PolicyFacts, RenderedPolicy } from "./policy.ts";
import type { Dirty, NftView } from "./view.ts";

const NOTHING: RenderedPolicy = { rules: [], empty: true, passes: false };
const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];

/** Chains by name; callees come before callers. undefined: the chain must not exist. */
export type ChainChanges = Map<string, PlannedChain | undefined>;

export interface PlannedChain extends Omit<NftChain, "rules"> {
  readonly rules: PackedRules;
  /** Whom to blame if the kernel refuses a rule. */
  readonly owner?: ObjectRef;
}

/** Told of every chain but the base chains as soon as it is planned; those that it calls were told before. */
export type Ready = (family: Family, chain: PlannedChain) => void;

/** What the kernel must be made to hold, in one family. */
export interface FamilyPlan {
  readonly family: Family;
  readonly chains: ChainChanges;
  /** Link index → the interface name of the endpoint whose chains its packets go to. */
  readonly dispatch: ReadonlyMap<number, string>;
  /** Indexes of all workloads' links: without dispatch they are denied. */
  readonly workloads: ReadonlySet<number>;
}

/**
 * Renders what changed. Remembers of each policy only whether its chains are empty or can pass (which shapes the callers),
 * and of each interface which chains it has.
 */
export class Planner {
  readonly #view: NftView;
  readonly names: ChainNames;
  readonly #packer: Pick<RulePacker, "pack">;
  /** What the kernel would not take, by `formatRef` of the object whose rule it was. */
  readonly refused = new Map<string, Refusal>();
  /** Two bits (empty, passes) for each family and direction. */
  readonly #policyFacts = new Map<PolicyKey, number>();
  readonly #profileFacts = new Map<string, number>();
  readonly #chainsByInterface: Record<Family, Map<string, readonly string[]>> = { 4: new Map(), 6: new Map() };

  constructor(view: NftView, packer: Pick<RulePacker, "pack"> = new RulePacker()) {
    this.#view = view;
    this.#packer = packer;
    this.names = new ChainNames(view.hash);
  }

  /** Everything: to be compared with what is there. */
  planAll(turn: Turn, ready?: Ready): Promise<readonly FamilyPlan[]> {
    const { policies, profiles, endpoints } = this.#view.state;
    this.#view.forgetDirty();
    for (const family of FAMILIES) this.#chainsByInterface[family].clear();
    this.#policyFacts.clear();
    this.#profileFacts.clear();
    const everything = {
      policies: new Set(policies.keys()),
      profiles: new Set(profiles.keys()),
      interfaces: new Set(Array.from(endpoints.values(), (endpoint) => endpoint.match.name)),
      base: true,
      all: true,
    };
    return stepsInTurns(this.#plan(everything, ready), turn);
  }

  /** What changed since the last plan. After a configuration change that is everything. */
  planChanges(turn: Turn): Promise<readonly FamilyPlan[]> {
    const dirty = this.#view.takeDirty();
    if (dirty.all) {
      const { policies, profiles, endpoints } = this.#view.state;
      for (const key of policies.keys()) dirty.policies.add(key);
      for (const name of profiles.keys()) dirty.profiles.add(name);
      for (const endpoint of endpoints.values()) dirty.interfaces.add(endpoint.match.name);
      dirty.base = true;
    }
    return stepsInTurns(this.#plan(dirty), turn);
  }

  *#plan(dirty: Dirty, ready?: Ready): Generator<undefined, readonly FamilyPlan[]> {
    const planned = new Planned(ready);
    const changedPolicies = new Set<PolicyKey>();
    for (const key of dirty.policies) {
      if (this.#planPolicy(key, planned)) changedPolicies.add(key);
      yield;
    }
    const changedProfiles = new Set<string>();
    for (const name of dirty.profiles) {
      if (this.#planProfile(name, planned)) changedProfiles.add(name);
      yield;
    }
    if (changedPolicies.size + changedProfiles.size > 0) this.#touchCallers(dirty, changedPolicies, changedProfiles);
    const owners = dirty.interfaces.size > 0 ? ownersByInterface(this.#view.state) : undefined;
    for (const name of dirty.interfaces) {
      this.#planInterface(name, owners?.get(name), planned);
      yield;
    }
    if (dirty.base) this.#planBase(planned.chains);
    const { config, endpoints } = this.#view.state;
    const { links } = this.#view;
    const dispatch = new Map<number, string>();
    for (const { match, workload } of endpoints.values())
      if (workload !== undefined)
        for (const index of links.byInterface.get(match.name) ?? []) dispatch.set(index, match.name);
    return FAMILIES.map((family) => ({
      family,
      chains: planned.chains[family],
      dispatch: family === 6 && !config.ipv6Support ? new Map<number, string>() : dispatch,
      workloads: links.workloads,
    }));
  }

  /** Says whether its callers must be looked at again. */
  #planPolicy(key: PolicyKey, planned: Planned): boolean {
    const { policies, config } = this.#view.state;
    const { sets } = this.#view;
    const policy = policies.get(key);
    const refused = this.refused.has(key);
    const old = this.#policyFacts.get(key);
    let facts = 0;
    for (const family of FAMILIES)
      for (const direction of DIRECTIONS) {
        const rendered =
          policy === undefined || policy[direction].length === 0
            ? NOTHING
            : renderPolicy({ policy, direction, family, config, sets, refused });
        facts |= factBits(family, direction, rendered);
        if (rendered.empty && readFacts(old, family, direction)?.empty !== false) continue; // nothing there, nothing due
        const name = this.names.nameOf(policyPrefix(direction), key);
        planned.set(
          family,
          name,
          policy === undefined || rendered.empty
            ? undefined
            : {
                name,
                comment: this.names.commentOf(name),
                rules: this.#packer.pack(rendered.rules),
                owner: refOfPolicy(policy),
              },
        );
      }
    if (policy === undefined) {
      for (const direction of DIRECTIONS) this.names.release(this.names.nameOf(policyPrefix(direction), key));
      this.#policyFacts.delete(key);
    } else this.#policyFacts.set(key, facts);
    return policy === undefined ? old !== undefined : old !== facts;
  }

  #planProfile(name: string, planned: Planned): boolean {
    const { profiles, config } = this.#view.state;
    const { sets } = this.#view;
    const profile = profiles.get(name);
    const owner = refOfProfile(name);
    const refused = this.refused.has(formatRef(owner));
    const old = this.#profileFacts.get(name);
    let facts = 0;
    for (const family of FAMILIES)
      for (const direction of DIRECTIONS) {
        const rules = profile === undefined ? [] : renderProfile({ profile, direction, family, config, sets, refused });
        facts |= factBits(family, direction, { empty: rules.length === 0, passes: false });
        if (rules.length === 0 && readFacts(old, family, direction)?.empty !== false) continue;
        const chain = this.names.nameOf(profilePrefix(direction), name);
        planned.set(
          family,
          chain,
          rules.length === 0
            ? undefined
            : { name: chain, comment: this.names.commentOf(chain), rules: this.#packer.pack(rules), owner },
        );
      }
    if (profile === undefined) {
      for (const direction of DIRECTIONS) this.names.release(this.names.nameOf(profilePrefix(direction), name));
      this.#profileFacts.delete(name);
    } else this.#profileFacts.set(name, facts);
    return profile === undefined ? old !== undefined : old !== facts;
  }

  #touchCallers(dirty: Dirty, policies: ReadonlySet<PolicyKey>, profiles: ReadonlySet<string>): void {
    for (const endpoint of this.#view.state.endpoints.values()) {
      if (dirty.interfaces.has(endpoint.match.name)) continue;
      const calls =
        endpoint.profiles.some((name) => profiles.has(name)) ||
        RENDERED_STAGES.some((stage) =>
          endpoint.stages[stage]?.some((tier) => [...tier.ingress, ...tier.egress].some((key) => policies.has(key))),
        );
      if (calls) dirty.interfaces.add(endpoint.match.name);
    }
  }

  #planInterface(interfaceName: string, owner: ActiveEndpoint | undefined, planned: Planned): void {
    const endpoint = isInterfaceName(interfaceName) && owner?.workload !== undefined ? owner : undefined;
    const { config } = this.#view.state;
    for (const family of FAMILIES) {
      const before = this.#chainsByInterface[family].get(interfaceName) ?? [];
      const facts = this.#facts(family);
      const rendered =
        endpoint === undefined || (family === 6 && !config.ipv6Support)
          ? []
          : RENDERED_STAGES.flatMap((stage) =>
              STAGE_TRAITS[stage].directions.flatMap((direction) =>
                renderEndpoint({ endpoint, stage, direction, family, config, facts, names: this.names }),
              ),
            );
      for (const name of before) {
        planned.set(family, name, undefined);
        if (endpoint === undefined) this.names.release(name);
      }
      for (const chain of rendered)
        planned.set(family, chain.name, {
          ...chain,
          rules: this.#packer.pack(chain.rules),
          comment: this.names.commentOf(chain.name),
        });
      if (rendered.length === 0) this.#chainsByInterface[family].delete(interfaceName);
      else
        this.#chainsByInterface[family].set(
          interfaceName,
          rendered.map((chain) => chain.name),
        );
    }
  }

  #planBase(chains: Record<Family, ChainChanges>): void {
    const { config, endpoints } = this.#view.state;
    const { sets, links } = this.#view;
    const spoofing = Array.from(endpoints.values())
      .filter((endpoint) => sets.has(spoofSet(endpoint)))
      .flatMap((endpoint) =>
        (links.byInterface.get(endpoint.match.name) ?? []).map((ifIndex) => ({ ifIndex, set: spoofSet(endpoint) })),
      );
    for (const family of FAMILIES)
      for (const chain of renderBaseChains({ family, config, sets, spoofing }))
        chains[family].set(chain.name, { ...chain, rules: this.#packer.pack(chain.rules) });
  }

  #facts(family: Family) {
    return {
      policy: (key: PolicyKey, direction: Direction) => readFacts(this.#policyFacts.get(key), family, direction),
      profile: (name: string, direction: Direction) => readFacts(this.#profileFacts.get(name), family, direction),
    };
  }
}

class Planned {
  readonly chains: Record<Family, ChainChanges> = { 4: new Map(), 6: new Map() };
  readonly #ready: Ready | undefined;

  constructor(ready: Ready | undefined) {
    this.#ready = ready;
  }

  set(family: Family, name: string, chain: PlannedChain | undefined): void {
    this.chains[family].set(name, chain);
    if (chain !== undefined) this.#ready?.(family, chain);
  }
}

function shift(family: Family, direction: Direction): number {
  return (family === 4 ? 0 : 4) + (direction === "ingress" ? 0 : 2);
}

function factBits(family: Family, direction: Direction, { empty, passes }: PolicyFacts): number {
  return ((empty ? 1 : 0) | (passes ? 2 : 0)) << shift(family, direction);
}

const FACTS: readonly PolicyFacts[] = [
  { empty: false, passes: false },
  { empty: true, passes: false },
  { empty: false, passes: true },
  { empty: true, passes: true },
];

function readFacts(bits: number | undefined, family: Family, direction: Direction): PolicyFacts | undefined {
  return bits === undefined ? undefined : FACTS[(bits >>> shift(family, direction)) & 3];
}
