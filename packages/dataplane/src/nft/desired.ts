import type {
  ActiveEndpoint,
  ActivePolicy,
  ActiveProfile,
  DataplaneConfig,
  NodeState,
  NodeUpdate,
  PolicyKey,
  PoolInfo,
  Rule,
  SetId,
} from "@percale/policy";
import { spoofSet } from "./base.ts";
import { listSets, PORT_PROTOCOL_KEYS, PORT_PROTOCOLS } from "./match.ts";
import { MemberSets } from "./members.ts";
import { hash32 } from "./names.ts";
import { ALL_HOSTS, MASQ_POOLS, NETWORK_POOLS } from "./nat.ts";

/** Sets that base chains look at. */
function isBaseSet(id: SetId): boolean {
  return id === MASQ_POOLS || id === NETWORK_POOLS || id === ALL_HOSTS || id.startsWith("spoof:");
}

/** The links that are workloads', by index: names change, an index does not. */
export interface WorkloadLinks {
  /** All that bear or bore a workload's name. */
  readonly workloads: ReadonlySet<number>;
  /** Those of each endpoint, by its interface name. */
  readonly byInterface: ReadonlyMap<string, readonly number[]>;
}

/** What must be rendered again. */
export interface Dirty {
  readonly policies: Set<PolicyKey>;
  readonly profiles: Set<string>;
  readonly endpoints: Set<string>;
  /** Interfaces of endpoints that changed, moved or went. */
  readonly interfaces: Set<string>;
  base: boolean;
  /** The configuration changed: every chain may differ. */
  all: boolean;
}

/** A node's desired state as the updates tell it, and which parts changed since the last `takeDirty`. No kernel, no I/O. */
export class Desired {
  config: DataplaneConfig;
  readonly endpoints = new Map<string, ActiveEndpoint>();
  readonly policies = new Map<PolicyKey, ActivePolicy>();
  readonly profiles = new Map<string, ActiveProfile>();
  readonly hash: (text: string) => number;
  readonly sets: MemberSets;
  #links: WorkloadLinks = { workloads: new Set(), byInterface: new Map() };
  readonly #pools = new Map<string, PoolInfo>();
  /** How many rules use each list set. */
  readonly #lists = new Map<SetId, number>();
  #dirty: Dirty = newDirty();
  #reshaped = new Set<SetId>();

  /** `hash`: where keys get names or numbers in the kernel, the first to be tried. */
  constructor(config: DataplaneConfig, hash: (text: string) => number = hash32) {
    this.config = config;
    this.hash = hash;
    this.sets = new MemberSets(hash);
    this.sets.put(
      PORT_PROTOCOLS.id,
      "portRange",
      PORT_PROTOCOL_KEYS.map((key) => `${key}-${key}`),
    );
    this.#dirty.base = true;
  }

  get links(): WorkloadLinks {
    return this.#links;
  }

  follow(links: WorkloadLinks): void {
    this.#links = links;
    for (const { allowSpoofedSourcePrefixes } of this.endpoints.values())
      if (allowSpoofedSourcePrefixes.length > 0) this.#dirty.base = true; // its rule names the index
  }

  apply(update: NodeUpdate): void {
    switch (update.t) {
      case "config":
        this.#configure(update.config);
        return;
      case "set":
        this.#reshape(update.id, this.sets.put(update.id, update.kind, update.members));
        return;
      case "setDelta":
        this.#reshape(update.id, this.sets.delta(update.id, update.added, update.removed));
        return;
      case "setRemoved":
        this.sets.remove(update.id);
        this.#reshape(update.id, true);
        return;
      case "policy":
        this.#retain(update.policy, this.policies.get(update.policy.key));
        this.policies.set(update.policy.key, update.policy);
        this.#dirty.policies.add(update.policy.key);
        return;
      case "policyRemoved":
        this.#retain(undefined, this.policies.get(update.key));
        this.policies.delete(update.key);
        this.#dirty.policies.add(update.key);
        return;
      case "profile":
        this.#retain(update.profile, this.profiles.get(update.profile.name));
        this.profiles.set(update.profile.name, update.profile);
        this.#dirty.profiles.add(update.profile.name);
        return;
      case "profileRemoved":
        this.#retain(undefined, this.profiles.get(update.name));
        this.profiles.delete(update.name);
        this.#dirty.profiles.add(update.name);
        return;
      case "endpoint":
        this.#endpoint(update.endpoint.key, update.endpoint);
        return;
      case "endpointRemoved":
        this.#endpoint(update.key, undefined);
        return;
      case "pool":
        this.#pools.set(update.pool.cidr, update.pool);
        this.#putPools();
        return;
      case "poolRemoved":
        this.#pools.delete(update.cidr);
        this.#putPools();
        return;
      case "hosts":
        this.#putBase(ALL_HOSTS, update.addresses.map(hostCidr));
        return;
    }
  }

  /** The same, as the evaluator takes it. */
  state(): NodeState {
    const { config, endpoints, policies, profiles, sets } = this;
    return { config, endpoints, policies, profiles, pools: this.#pools, sets: sets.members(), hosts: [] };
  }

  /** Policies to be rendered anew, because the kernel refused their rules or takes them again. */
  touchPolicy(key: PolicyKey): void {
    this.#dirty.policies.add(key);
  }

  takeDirty(): Dirty {
    if (this.#reshaped.size > 0) this.#touchUsers();
    const dirty = this.#dirty;
    this.#dirty = newDirty();
    this.#reshaped = new Set();
    return dirty;
  }

  /** The endpoint that an interface name belongs to: of several, the lowest key; the others wait. */
  ownerOf(interfaceName: string): ActiveEndpoint | undefined {
    let owner: ActiveEndpoint | undefined;
    for (const endpoint of this.endpoints.values())
      if (endpoint.interfaceName === interfaceName && (owner === undefined || endpoint.key < owner.key))
        owner = endpoint;
    return owner;
  }

  #configure(config: DataplaneConfig): void {
    if (sameConfig(this.config, config)) return;
    this.config = config;
    this.#dirty.all = true;
    for (const endpoint of this.endpoints.values()) this.#spoof(endpoint.key, endpoint);
  }

  #endpoint(key: string, endpoint: ActiveEndpoint | undefined): void {
    const old = this.endpoints.get(key);
    if (old !== undefined) this.#dirty.interfaces.add(old.interfaceName);
    if (endpoint === undefined) this.endpoints.delete(key);
    else {
      this.endpoints.set(key, endpoint);
      this.#dirty.interfaces.add(endpoint.interfaceName);
    }
    this.#dirty.endpoints.add(key);
    if (old?.allowSpoofedSourcePrefixes.length || endpoint?.allowSpoofedSourcePrefixes.length)
      this.#spoof(key, endpoint);
  }

  #spoof(key: string, endpoint: ActiveEndpoint | undefined): void {
    const allowed = this.config.workloadSourceSpoofing === "Any" && endpoint !== undefined;
    this.#putBase(spoofSet({ key }), allowed ? endpoint.allowSpoofedSourcePrefixes : []);
    this.#dirty.base = true;
  }

  #putPools(): void {
    const pools = [...this.#pools.values()];
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
    if (members.length === 0 && !this.sets.has(id)) return;
    this.#reshape(id, this.sets.put(id, "net", members));
    if (members.length === 0) this.sets.remove(id);
  }

  #reshape(id: SetId, changed: boolean): void {
    if (changed) this.#reshaped.add(id);
  }

  /** Rules are rendered by where a set's members are, so a set that got its first or lost its last prefix touches them. */
  #touchUsers(): void {
    for (const id of this.#reshaped) if (isBaseSet(id)) this.#dirty.base = true;
    if (this.#dirty.all) return;
    const uses = (rules: readonly Rule[]) => rules.some((rule) => usesAny(rule, this.#reshaped));
    for (const policy of this.policies.values())
      if (!this.#dirty.policies.has(policy.key) && (uses(policy.ingress) || uses(policy.egress)))
        this.#dirty.policies.add(policy.key);
    for (const profile of this.profiles.values())
      if (uses(profile.ingress) || uses(profile.egress)) this.#dirty.profiles.add(profile.name);
  }

  /** Counts users of the lists in rules; the set of a list lives as long as one rule has it. */
  #retain(next: Rules | undefined, old: Rules | undefined): void {
    for (const list of listsOf(next)) {
      const users = this.#lists.get(list.id) ?? 0;
      this.#lists.set(list.id, users + 1);
      if (users === 0) this.sets.put(list.id, list.kind, list.members);
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

function listsOf(rules: Rules | undefined) {
  return rules === undefined ? [] : [...rules.ingress, ...rules.egress].flatMap(listSets);
}

function usesAny({ source, destination }: Rule, ids: ReadonlySet<SetId>): boolean {
  for (const side of [source, destination])
    for (const list of [side.sets, side.notSets])
      if (list !== undefined) for (const id of list) if (ids.has(id)) return true;
  return false;
}

function newDirty(): Dirty {
  return {
    policies: new Set(),
    profiles: new Set(),
    endpoints: new Set(),
    interfaces: new Set(),
    base: false,
    all: false,
  };
}

function sameConfig(a: DataplaneConfig, b: DataplaneConfig): boolean {
  const text = (config: DataplaneConfig) =>
    Object.entries(config)
      .map((entry) => JSON.stringify(entry))
      .sort((x, y) => (x < y ? -1 : 1))
      .join();
  return text(a) === text(b);
}

function hostCidr(address: string): string {
  return address.includes("/") ? address : `${address}/${address.includes(":") ? 128 : 32}`;
}
