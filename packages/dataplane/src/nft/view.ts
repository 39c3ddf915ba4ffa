import { Members, wholeOf } from "@percale/policy";
import type { ActiveEndpoint, NodeState, PolicyKey, Rule, SetId, StateChange } from "@percale/policy";
import { NO_LINKS } from "../links/known.ts";
import type { WorkloadLinks } from "../links/known.ts";
import { spoofSet } from "./base.ts";
import { listSets, PORT_PROTOCOL_KEYS, PORT_PROTOCOLS } from "./match.ts";
import type { ListSet } from "./match.ts";
import { MemberSets } from "./members.ts";
import { hash32 } from "./names.ts";
import { ALL_HOSTS, MASQ_POOLS, NETWORK_POOLS } from "./nat.ts";

/** Sets that base chains look at. */
function isBaseSet(id: SetId): boolean {
  return id === MASQ_POOLS || id === NETWORK_POOLS || id === ALL_HOSTS || id.startsWith("spoof:");
}

/** What must be rendered again. */
export interface Dirty {
  readonly policies: Set<PolicyKey>;
  readonly profiles: Set<string>;
  /** Interfaces of endpoints that changed, moved or went. */
  readonly interfaces: Set<string>;
  base: boolean;
  /** The configuration changed: every chain may differ. */
  all: boolean;
}

/**
 * What the nftables driver keeps beside the node's state: the kernel's sets that members go to, and which chains must be
 * rendered again since the last `takeDirty`. No kernel, no I/O.
 */
export class NftView {
  readonly state: NodeState;
  readonly hash: (text: string) => number;
  readonly sets: MemberSets;
  #links: WorkloadLinks = NO_LINKS;
  /** How many rules use each list set. */
  readonly #lists = new Map<SetId, number>();
  #dirty: Dirty = newDirty();
  #reshaped = new Set<SetId>();

  /** `hash`: where keys get names or numbers in the kernel, the first to be tried. */
  constructor(state: NodeState, hash: (text: string) => number = hash32) {
    this.state = state;
    this.hash = hash;
    this.sets = new MemberSets(hash);
    const protocols = PORT_PROTOCOL_KEYS.map((key) => `${key}-${key}`);
    this.sets.put(PORT_PROTOCOLS.id, "portRange", new Members(protocols));
    this.#dirty.base = true;
    for (const change of wholeOf(state)) this.note(change);
  }

  get links(): WorkloadLinks {
    return this.#links;
  }

  follow(links: WorkloadLinks): void {
    this.#links = links;
    for (const endpoint of this.state.endpoints.values()) if (spoofsOf(endpoint).length > 0) this.#dirty.base = true; // its rule names the index
  }

  note(change: StateChange): void {
    switch (change.t) {
      case "config":
        this.#dirty.all = true;
        for (const endpoint of this.state.endpoints.values()) this.#spoof(endpoint.key, endpoint);
        return;
      case "set":
        if (change.now !== undefined) this.#putSet(change.id, change.now.kind, change.now.members);
        else this.#removeSet(change.id);
        return;
      case "members":
        this.#reshape(change.id, this.sets.changed(change.id, change.added, change.removed));
        return;
      case "policy":
        this.#retain(change.now, change.before);
        this.#dirty.policies.add(change.key);
        return;
      case "profile":
        this.#retain(change.now, change.before);
        this.#dirty.profiles.add(change.name);
        return;
      case "endpoint":
        for (const endpoint of [change.before, change.now])
          if (endpoint !== undefined) this.#dirty.interfaces.add(endpoint.match.name);
        if (spoofsOf(change.before).length + spoofsOf(change.now).length > 0) this.#spoof(change.key, change.now);
        return;
      case "pool":
        this.#putPools();
        return;
      case "hosts":
        this.#putBase(ALL_HOSTS, change.now.map(hostCidr));
        return;
    }
  }

  takeDirty(): Dirty {
    if (this.#reshaped.size > 0) this.#touchUsers();
    const dirty = this.#dirty;
    this.forgetDirty();
    return dirty;
  }

  /** Of everything, which is rendered. */
  forgetDirty(): void {
    this.#dirty = newDirty();
    this.#reshaped = new Set();
  }

  #spoof(key: string, endpoint: ActiveEndpoint | undefined): void {
    const allowed = this.state.config.workloadSourceSpoofing === "Any";
    this.#putBase(spoofSet({ key }), allowed ? spoofsOf(endpoint) : []);
    this.#dirty.base = true;
  }

  #putPools(): void {
    const pools = [...this.state.pools.values()];
    this.#putBase(
      MASQ_POOLS,
      pools.filter((pool) => pool.natOutgoing).map((pool) => pool.cidr),
    );
    this.#putBase(
      NETWORK_POOLS,
      pools.filter((pool) => !pool.loadBalancerOnly).map((pool) => pool.cidr),
    );
  }

  #putBase(id: SetId, members: readonly string[]): void {
    if (members.length > 0) this.#putSet(id, "net", new Members(members));
    else if (this.sets.has(id)) this.#removeSet(id);
  }

  #putSet(id: SetId, kind: "net" | "port", members: Members): void {
    this.#reshape(id, this.sets.put(id, kind, members));
  }

  #removeSet(id: SetId): void {
    this.sets.remove(id);
    this.#reshape(id, true);
  }

  #reshape(id: SetId, changed: boolean): void {
    if (changed) this.#reshaped.add(id);
  }

  /** Rules are rendered by where a set's members are, so a set that got its first or lost its last prefix touches them. */
  #touchUsers(): void {
    for (const id of this.#reshaped) if (isBaseSet(id)) this.#dirty.base = true;
    if (this.#dirty.all) return;
    const uses = (rules: readonly Rule[]) => rules.some((rule) => usesAny(rule, this.#reshaped));
    for (const policy of this.state.policies.values())
      if (!this.#dirty.policies.has(policy.key) && (uses(policy.ingress) || uses(policy.egress)))
        this.#dirty.policies.add(policy.key);
    for (const profile of this.state.profiles.values())
      if (uses(profile.ingress) || uses(profile.egress)) this.#dirty.profiles.add(profile.name);
  }

  /** Counts users of the lists in rules; the set of a list lives as long as one rule has it. */
  #retain(next: Rules | undefined, old: Rules | undefined): void {
    for (const list of listsOf(next)) {
      const users = this.#lists.get(list.id) ?? 0;
      this.#lists.set(list.id, users + 1);
      if (users === 0) this.sets.put(list.id, list.kind, new Members(list.members));
    }
    for (const list of listsOf(old)) {
      const users = this.#lists.get(list.id)! - 1;
      if (users > 0) this.#lists.set(list.id, users);
      else {
        this.#lists.delete(list.id);
        this.sets.remove(list.id);
      }
    }
  }
}

interface Rules {
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

function spoofsOf(endpoint: ActiveEndpoint | undefined): readonly string[] {
  return endpoint?.workload?.allowSpoofedSourcePrefixes ?? [];
}

function* listsOf(rules: Rules | undefined): Generator<ListSet> {
  if (rules === undefined) return;
  for (const rule of rules.ingress) yield* listSets(rule);
  for (const rule of rules.egress) yield* listSets(rule);
}

function usesAny({ source, destination }: Rule, ids: ReadonlySet<SetId>): boolean {
  for (const side of [source, destination])
    for (const list of [side.sets, side.notSets])
      if (list !== undefined) for (const id of list) if (ids.has(id)) return true;
  return false;
}

function newDirty(): Dirty {
  return { policies: new Set(), profiles: new Set(), interfaces: new Set(), base: false, all: false };
}

function hostCidr(address: string): string {
  return address.includes("/") ? address : `${address}/${address.includes(":") ? 128 : 32}`;
}
