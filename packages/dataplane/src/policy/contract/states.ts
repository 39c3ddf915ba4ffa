import { DEFAULT_CONFIG } from "@percale/policy";
import type {
  ActiveEndpoint,
  ActivePolicy,
  ActiveProfile,
  DataplaneConfig,
  NodeUpdate,
  PoolInfo,
  Rule,
} from "@percale/policy";
import fc from "fast-check";
import type { WorkloadLinks } from "../../links/known.ts";

/** A node's whole state: any object may be there or not. */
export interface LawState {
  readonly config: DataplaneConfig;
  readonly sets: ReadonlyMap<string, readonly string[]>;
  readonly policies: ReadonlyMap<string, ActivePolicy>;
  readonly profiles: ReadonlyMap<string, ActiveProfile>;
  readonly endpoints: ReadonlyMap<string, ActiveEndpoint>;
  readonly pools: ReadonlyMap<string, PoolInfo>;
  readonly hosts: readonly string[];
  /** Link indexes by interface name. */
  readonly links: ReadonlyMap<string, readonly number[]>;
}

export const NOTHING: LawState = {
  config: DEFAULT_CONFIG,
  sets: new Map(),
  policies: new Map(),
  profiles: new Map(),
  endpoints: new Map(),
  pools: new Map(),
  hosts: [],
  links: new Map(),
};

const NETS = ["10.0.0.1/32", "10.0.0.0/24", "10.0.0.0/8", "10.0.0.128/25", "0.0.0.0/0", "fd00::1/128", "fd00::/64"];
const PORTS = ["10.0.0.1/32,6,80", "10.0.0.2/32,17,53", "fd00::1/128,6,80"];
const NET_SETS = ["s:0", "s:1", "s:2"];
const PORT_SETS = ["n:0", "n:1"];
/** One too long for a chain's name, two that differ only where a name has no room. */
const LONG = "x".repeat(230);
const POLICIES = ["p0", "p1", "p2", `${LONG}a`, `${LONG}b`].map((name) => `GlobalNetworkPolicy/${name}`);
const PROFILES = ["open", "kns.red", `${LONG}p`];
const TIERS = ["t0", `${LONG}t`];

const some = <T>(of: readonly T[]) => fc.subarray([...of]);
const side = fc.record(
  {
    sets: some(NET_SETS),
    notSets: some(NET_SETS),
    namedPorts: some(PORT_SETS),
    notNamedPorts: some(PORT_SETS),
    nets: some(["10.0.0.0/8", "192.0.2.0/24", "fd00::/8"]),
    notNets: some(["10.1.0.0/16", "fd01::/16"]),
    ports: some([
      { min: 80, max: 80 },
      { min: 90, max: 99 },
    ]),
    notPorts: some([
      { min: 443, max: 443 },
      { min: 1000, max: 2000 },
    ]),
  },
  { requiredKeys: [] },
);
const rule: fc.Arbitrary<Rule> = fc.record(
  {
    action: fc.constantFrom("allow", "deny", "pass", "log"),
    ipVersion: fc.constantFrom(4, 6),
    protocol: fc.constantFrom(6, 17),
    source: side,
    destination: side,
    annotations: fc.constant({ why: "because" }),
  },
  { requiredKeys: ["action", "source", "destination"] },
);
const rules = fc.array(rule, { maxLength: 3 });
const ruleLists = fc.record({ ingress: rules, egress: rules });

/** Each key with a value, or absent. */
function maybe<T>(keys: readonly string[], value: fc.Arbitrary<T>): fc.Arbitrary<ReadonlyMap<string, T>> {
  const entries = keys.map((key) =>
    fc.option(
      value.map((v): readonly [string, T] => [key, v]),
      { nil: undefined },
    ),
  );
  return fc.tuple(...entries).map((all) => new Map(all.filter((entry) => entry !== undefined)));
}

const config: fc.Arbitrary<DataplaneConfig> = fc
  .record({
    ipv6Support: fc.boolean(),
    filterDenyAction: fc.constantFrom("Drop", "Reject"),
    defaultEndpointToHostAction: fc.constantFrom("Drop", "Accept", "Return"),
    workloadSourceSpoofing: fc.constantFrom("Any", "Disabled"),
    markMask: fc.constantFrom(0xffff0000, 0xff000000),
    interfacePrefixes: fc.constantFrom(["cali"], ["cali", "tap"]),
  } as const)
  .map((some) => ({ ...DEFAULT_CONFIG, ...some }));

const endpoint = fc.record({
  active: fc.boolean(),
  interfaceName: fc.constantFrom("cali0", "cali1"),
  spoofs: some(["10.9.0.0/16", "10.9.0.1/32"]),
  tiers: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...TIERS),
      defaultAction: fc.constantFrom("Deny", "Pass"),
      ingress: some(POLICIES),
      egress: some(POLICIES),
    } as const),
    { selector: ({ name }) => name },
  ),
  profiles: some(PROFILES),
});

export const lawState: fc.Arbitrary<LawState> = fc
  .record({
    config: fc.option(config, { nil: DEFAULT_CONFIG, freq: 1 }),
    nets: maybe(NET_SETS, fc.uniqueArray(fc.constantFrom(...NETS))),
    ports: maybe(PORT_SETS, fc.uniqueArray(fc.constantFrom(...PORTS))),
    policies: maybe(POLICIES, ruleLists),
    profiles: maybe(PROFILES, ruleLists),
    endpoints: maybe(["w0", "w1", "w2"], endpoint),
    pools: maybe(
      ["10.0.0.0/16", "fd00::/48"],
      fc.record({ natOutgoing: fc.boolean(), loadBalancerOnly: fc.boolean() }),
    ),
    hosts: some(["192.0.2.1", "2001:db8::1"]),
    links: fc.record({ cali0: some([11, 12]), cali1: some([13, 14]), cali9: some([15]) }),
  })
  .map(({ nets, ports, policies, profiles, endpoints, pools, links, ...rest }) => ({
    ...rest,
    links: new Map(Object.entries(links)),
    sets: new Map([...nets, ...ports]),
    policies: mapOf(policies, (lists, key) => {
      const name = key.slice(key.indexOf("/") + 1);
      return { key, kind: "GlobalNetworkPolicy" as const, name, tier: "t0", ...lists };
    }),
    profiles: mapOf(profiles, (lists, name) => ({ name, ...lists })),
    endpoints: mapOf(endpoints, ({ spoofs, tiers, interfaceName, ...rest }, name): ActiveEndpoint => ({
      ...rest,
      key: name,
      ref: { kind: "WorkloadEndpoint", namespace: "red", name },
      match: { by: "name", name: interfaceName },
      stages: { normal: tiers },
      workload: { addresses: [], allowSpoofedSourcePrefixes: spoofs },
    })),
    pools: mapOf(pools, (pool, cidr) => ({ cidr, ...pool })),
  }))
  .map(withoutDangling);

export type Part = keyof LawState;
export const PARTS: readonly Part[] = [
  "config",
  "sets",
  "policies",
  "profiles",
  "endpoints",
  "pools",
  "hosts",
  "links",
];

/** `next`, but for the parts that stay as they were. */
export function partly(before: LawState, next: LawState, kept: readonly Part[]): LawState {
  return withoutDangling({ ...next, ...Object.fromEntries(kept.map((part) => [part, before[part]])) });
}

/** What is referred to is there. */
function withoutDangling(state: LawState): LawState {
  const { sets, policies, profiles, endpoints } = state;
  const lists = <T extends RuleLists>(of: T): T => ({
    ...of,
    ingress: of.ingress.map((rule) => knownSets(rule, sets)),
    egress: of.egress.map((rule) => knownSets(rule, sets)),
  });
  return {
    ...state,
    policies: mapOf(policies, lists),
    profiles: mapOf(profiles, lists),
    endpoints: mapOf(endpoints, (endpoint) => ({
      ...endpoint,
      profiles: endpoint.profiles.filter((name) => profiles.has(name)),
      stages: {
        normal: endpoint.stages.normal!.map((tier) => ({
          ...tier,
          ingress: tier.ingress.filter((policy) => policies.has(policy)),
          egress: tier.egress.filter((policy) => policies.has(policy)),
        })),
      },
    })),
  };
}

interface RuleLists {
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

function knownSets(rule: Rule, sets: ReadonlyMap<string, unknown>): Rule {
  const known = (ids: readonly string[] | undefined) => ids?.filter((id) => sets.has(id));
  const side = (of: Rule["source"]): Rule["source"] => {
    const lists = {
      sets: known(of.sets),
      notSets: known(of.notSets),
      namedPorts: known(of.namedPorts),
      notNamedPorts: known(of.notNamedPorts),
    };
    return { ...of, ...Object.fromEntries(Object.entries(lists).filter(([, ids]) => ids !== undefined)) };
  };
  return { ...rule, source: side(rule.source), destination: side(rule.destination) };
}

function mapOf<T, U>(map: ReadonlyMap<string, T>, make: (value: T, key: string) => U): ReadonlyMap<string, U> {
  return new Map(Array.from(map, ([key, value]) => [key, make(value, key)]));
}

/** The node's links, as their claims would tell. */
export function linksOf({ links, endpoints }: LawState): WorkloadLinks {
  const wanted = new Set(Array.from(endpoints.values(), ({ match }) => match.name));
  return {
    workloads: new Set([...links.values()].flat()),
    byInterface: new Map([...links].filter(([name]) => wanted.has(name))),
  };
}

/** The updates that lead from one state to the other, in the order that a driver is promised. */
export function difference(before: LawState, after: LawState): readonly NodeUpdate[] {
  return [
    { t: "config", config: after.config },
    ...changed(before.sets, after.sets).map(([id, members]) => putSet(id, before.sets.get(id), members)),
    ...changed(before.policies, after.policies).map(([, policy]): NodeUpdate => ({ t: "policy", policy })),
    ...changed(before.profiles, after.profiles).map(([, profile]): NodeUpdate => ({ t: "profile", profile })),
    ...changed(before.endpoints, after.endpoints).map(([, endpoint]): NodeUpdate => ({ t: "endpoint", endpoint })),
    ...gone(before.endpoints, after.endpoints).map((key): NodeUpdate => ({ t: "endpointRemoved", key })),
    ...gone(before.profiles, after.profiles).map((name): NodeUpdate => ({ t: "profileRemoved", name })),
    ...gone(before.policies, after.policies).map((key): NodeUpdate => ({ t: "policyRemoved", key })),
    ...gone(before.sets, after.sets).map((id): NodeUpdate => ({ t: "setRemoved", id })),
    ...gone(before.pools, after.pools).map((cidr): NodeUpdate => ({ t: "poolRemoved", cidr })),
    ...changed(before.pools, after.pools).map(([, pool]): NodeUpdate => ({ t: "pool", pool })),
    { t: "hosts", addresses: after.hosts },
  ];
}

function changed<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): (readonly [string, T])[] {
  return [...after].filter(([key, value]) => JSON.stringify(before.get(key)) !== JSON.stringify(value));
}

function gone(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): string[] {
  return [...before.keys()].filter((key) => !after.has(key));
}

/** A set that is there already is changed, a new one sent whole. */
function putSet(id: string, before: readonly string[] | undefined, after: readonly string[]): NodeUpdate {
  if (before === undefined) return { t: "set", id, kind: id.startsWith("n:") ? "port" : "net", members: after };
  const added = after.filter((member) => !before.includes(member));
  const removed = before.filter((member) => !after.includes(member));
  return { t: "setDelta", id, added, removed };
}
