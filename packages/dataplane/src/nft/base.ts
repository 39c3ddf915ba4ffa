import { R0 } from "@percale/kernel";
import type { Expr, Family, Hook, NftChain, NftRule } from "@percale/kernel";
import type { ActiveEndpoint, DataplaneConfig } from "@percale/policy";
import {
  ACCEPT,
  clearMark,
  connectionState,
  COUNTER,
  CT_ESTABLISHED_RELATED,
  DROP,
  ICMP,
  interfaceIn,
  interfaceIs,
  interfacePrefix,
  protocol,
} from "./expr.ts";
import { FROM_MAP, marksOf, TO_MAP, WORKLOADS } from "./layout.ts";
import { inSet } from "./match.ts";
import type { SetFacts } from "./match.ts";
import { natRules } from "./nat.ts";
import { denyExprs } from "./policy.ts";

/** An endpoint that may send from addresses that are not its own, as `spoofSet` holds them. */
export interface SpoofingEndpoint {
  readonly ifIndex: number;
  readonly set: string;
}

/** The set of an endpoint's allowed foreign sources. */
export function spoofSet(endpoint: Pick<ActiveEndpoint, "key">): string {
  return `spoof:${endpoint.key}`;
}

/** Packets of these reach the host before policy: without them a workload cannot find its gateway. */
const NEIGHBOUR_DISCOVERY = [130, 131, 132, 133, 135, 136] as const;

const HOOKS: Readonly<Record<string, Hook>> = {
  "raw-PREROUTING": { hook: "prerouting", type: "filter", priority: -300 },
  "filter-FORWARD-from": { hook: "forward", type: "filter", priority: -1 },
  "filter-FORWARD": { hook: "forward", type: "filter", priority: 0 },
  "filter-INPUT-from": { hook: "input", type: "filter", priority: -1 },
  "filter-INPUT": { hook: "input", type: "filter", priority: 0 },
  "nat-POSTROUTING": { hook: "postrouting", type: "nat", priority: 110 },
};

/** The chains that the kernel calls. Present from the start and never without the denies after dispatch. */
export function renderBaseChains(options: {
  readonly family: Family;
  readonly config: DataplaneConfig;
  readonly sets: SetFacts;
  readonly spoofing: readonly SpoofingEndpoint[];
}): readonly NftChain[] {
  const { family, config } = options;
  const rules: Readonly<Record<string, readonly NftRule[]>> = {
    "raw-PREROUTING": antiSpoofing(options),
    "filter-FORWARD-from": dispatch("iif", FROM_MAP, config, family),
    "filter-FORWARD": dispatch("oif", TO_MAP, config, family),
    "filter-INPUT-from": [...neighbourDiscovery(config, family), ...dispatch("iif", FROM_MAP, config, family)],
    "filter-INPUT": hostAction(config, family),
    "nat-POSTROUTING": natRules(options),
  };
  return Object.entries(HOOKS).map(([name, hook]) => ({ name, hook, rules: rules[name]! }));
}

function rule(exprs: readonly Expr[], comment = ""): NftRule {
  return { exprs, comment };
}

/** Keyed on routes: an endpoint whose routes are not there yet sends nothing. A reject is not legal here in every kernel. */
function antiSpoofing({ family, config, sets, spoofing }: Parameters<typeof renderBaseChains>[0]): NftRule[] {
  const noRoute: Expr[] = [
    { e: "fibSource", reg: R0 },
    { e: "cmp", op: "eq", reg: R0, data: new Uint8Array(4) },
  ];
  return [
    rule(clearMark(marksOf(config.markMask).accept | marksOf(config.markMask).pass)),
    ...spoofing.flatMap(({ ifIndex, set }) =>
      inSet(set, "source", family, sets).map((match) =>
        rule([...interfaceIs("iif", ifIndex), ...match, COUNTER, ACCEPT], "allowed foreign source"),
      ),
    ),
    ...ofWorkloads("iif", config).map((match) =>
      rule([...match, ...noRoute, COUNTER, DROP], "source is not this workload's"),
    ),
  ];
}

/** Alternatives that together match every workload's interface. */
function ofWorkloads(key: "iif" | "oif", { interfacePrefixes }: DataplaneConfig): Expr[][] {
  return [...interfacePrefixes.map((prefix) => interfacePrefix(`${key}name`, prefix)), interfaceIn(key, WORKLOADS)];
}

function dispatch(key: "iif" | "oif", map: string, config: DataplaneConfig, family: Family): NftRule[] {
  return [
    rule([
      { e: "meta", key, reg: R0 },
      { e: "vmap", set: map, reg: R0 },
    ]),
    ...ofWorkloads(key, config).map((match) => rule([...match, ...denyExprs(config, family)], "unknown interface")),
  ];
}

function neighbourDiscovery(config: DataplaneConfig, family: Family): NftRule[] {
  return family === 4 ? [] : ofWorkloads("iif", config).flatMap(discoveryFrom);
}

function discoveryFrom(match: readonly Expr[]): NftRule[] {
  return NEIGHBOUR_DISCOVERY.map((type) =>
    rule([
      ...match,
      ...protocol(ICMP[6]),
      { e: "payload", base: "transport", offset: 0, length: 1, reg: R0 },
      { e: "cmp", op: "eq", reg: R0, data: Uint8Array.of(type) },
      ACCEPT,
    ]),
  );
}

/** After the endpoint's own egress policy, which filter-INPUT-from has run. */
function hostAction(config: DataplaneConfig, family: Family): NftRule[] {
  if (config.defaultEndpointToHostAction === "Return") return [];
  const action = {
    Accept: [COUNTER, ACCEPT],
    Drop: [COUNTER, DROP],
    Reject: denyExprs({ filterDenyAction: "Reject" }, family),
  }[config.defaultEndpointToHostAction];
  return ofWorkloads("iif", config).flatMap((match) => [
    rule([...match, ...connectionState(CT_ESTABLISHED_RELATED), ACCEPT]),
    ...(family === 4 ? [] : discoveryFrom(match)),
    rule([...match, ...action], "workload to host"),
  ]);
}
