import { DEFAULT_CONFIG } from "../compile/config.ts";
import type {
  ActiveEndpoint,
  ActivePolicy,
  ActiveProfile,
  DataplaneConfig,
  NodeUpdate,
  PolicyKey,
  PoolInfo,
  SetId,
  SetKind,
  SetMember,
} from "../model.ts";
import { Members } from "./members.ts";

export interface AddressSet {
  readonly kind: SetKind;
  readonly members: Members;
}

/** A node's desired state, whoever makes it true. `take` alone changes it; all others read. */
export interface NodeState {
  config: DataplaneConfig;
  readonly sets: Map<SetId, AddressSet>;
  readonly policies: Map<PolicyKey, ActivePolicy>;
  readonly profiles: Map<string, ActiveProfile>;
  readonly endpoints: Map<string, ActiveEndpoint>;
  readonly pools: Map<string, PoolInfo>;
  hosts: readonly string[];
}

/** What of one thing was there before and what is there now; undefined: nothing. */
interface Was<T> {
  readonly before: T | undefined;
  readonly now: T | undefined;
}

/** What an update did to the state. */
export type StateChange =
  | { readonly t: "config"; readonly before: DataplaneConfig; readonly now: DataplaneConfig }
  | ({ readonly t: "set"; readonly id: SetId } & Was<AddressSet>)
  /** The set has these already, or no more. */
  | {
      readonly t: "members";
      readonly id: SetId;
      readonly added: readonly SetMember[];
      readonly removed: readonly SetMember[];
    }
  | ({ readonly t: "policy"; readonly key: PolicyKey } & Was<ActivePolicy>)
  | ({ readonly t: "profile"; readonly name: string } & Was<ActiveProfile>)
  | ({ readonly t: "endpoint"; readonly key: string } & Was<ActiveEndpoint>)
  | ({ readonly t: "pool"; readonly cidr: string } & Was<PoolInfo>)
  | { readonly t: "hosts"; readonly now: readonly string[] };

export function emptyState(config: DataplaneConfig = DEFAULT_CONFIG): NodeState {
  return {
    config,
    sets: new Map(),
    policies: new Map(),
    profiles: new Map(),
    endpoints: new Map(),
    pools: new Map(),
    hosts: [],
  };
}

/** Takes an update in; says what it changed, undefined for nothing. Forgiving: what is removed twice is gone. */
export function take(state: NodeState, update: NodeUpdate): StateChange | undefined {
  switch (update.t) {
    case "config":
      return takeConfig(state, update.config);
    case "set": {
      const now = { kind: update.kind, members: new Members(update.members) };
      return { t: "set", id: update.id, ...replace(state.sets, update.id, now) };
    }
    case "setDelta": {
      const members = state.sets.get(update.id)?.members;
      if (members === undefined) return undefined;
      const removed = members.remove(update.removed);
      const added = members.add(update.added);
      return added.length + removed.length === 0 ? undefined : { t: "members", id: update.id, added, removed };
    }
    case "setRemoved":
      return state.sets.has(update.id)
        ? { t: "set", id: update.id, ...replace(state.sets, update.id, undefined) }
        : undefined;
    case "policy":
      return {
        t: "policy",
        key: update.policy.key,
        ...replace(state.policies, update.policy.key, update.policy),
      };
    case "policyRemoved":
      return { t: "policy", key: update.key, ...replace(state.policies, update.key, undefined) };
    case "profile":
      return {
        t: "profile",
        name: update.profile.name,
        ...replace(state.profiles, update.profile.name, update.profile),
      };
    case "profileRemoved":
      return { t: "profile", name: update.name, ...replace(state.profiles, update.name, undefined) };
    case "endpoint":
      return {
        t: "endpoint",
        key: update.endpoint.key,
        ...replace(state.endpoints, update.endpoint.key, update.endpoint),
      };
    case "endpointRemoved":
      return { t: "endpoint", key: update.key, ...replace(state.endpoints, update.key, undefined) };
    case "pool":
      return { t: "pool", cidr: update.pool.cidr, ...replace(state.pools, update.pool.cidr, update.pool) };
    case "poolRemoved":
      return { t: "pool", cidr: update.cidr, ...replace(state.pools, update.cidr, undefined) };
    case "hosts":
      state.hosts = update.addresses;
      return { t: "hosts", now: update.addresses };
  }
}

/** The whole state as changes of nothing: how a reader that comes late catches up. */
export function* wholeOf(state: NodeState): Generator<StateChange> {
  for (const [id, now] of state.sets) yield { t: "set", id, before: undefined, now };
  for (const [key, now] of state.policies) yield { t: "policy", key, before: undefined, now };
  for (const [name, now] of state.profiles) yield { t: "profile", name, before: undefined, now };
  for (const [key, now] of state.endpoints) yield { t: "endpoint", key, before: undefined, now };
  for (const [cidr, now] of state.pools) yield { t: "pool", cidr, before: undefined, now };
  yield { t: "hosts", now: state.hosts };
}

/** The endpoint that each interface name belongs to: of several, the lowest key; the others wait. */
export function ownersByInterface({ endpoints }: NodeState): ReadonlyMap<string, ActiveEndpoint> {
  const owners = new Map<string, ActiveEndpoint>();
  for (const endpoint of endpoints.values()) {
    const { name } = endpoint.match;
    const rival = owners.get(name);
    if (rival === undefined || endpoint.key < rival.key) owners.set(name, endpoint);
  }
  return owners;
}

function takeConfig(state: NodeState, now: DataplaneConfig): StateChange | undefined {
  const before = state.config;
  if (isSameConfig(before, now)) return undefined;
  state.config = now;
  return { t: "config", before, now };
}

function replace<T>(map: Map<string, T>, key: string, now: T | undefined): Was<T> {
  const before = map.get(key);
  if (now === undefined) map.delete(key);
  else map.set(key, now);
  return { before, now };
}

function isSameConfig(a: DataplaneConfig, b: DataplaneConfig): boolean {
  const text = (config: DataplaneConfig): string =>
    Object.entries(config)
      .map((entry) => JSON.stringify(entry))
      .sort((x, y) => (x < y ? -1 : 1))
      .join();
  return text(a) === text(b);
}
