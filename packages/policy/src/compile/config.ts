import { matches } from "@percale/selector";
import type { Selector } from "@percale/selector";
import { parsePort, tryParseDuration } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { DataplaneConfig, PortRange } from "../model.ts";
import { InvalidObject } from "./invalid.ts";
import { optionalSelector } from "./policy.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A FelixConfiguration as a layer. `nodeSelector` only on those that are neither `default` nor `node.<name>`. */
export interface ConfigLayer {
  readonly name: string;
  readonly created: string;
  readonly nodeSelector: Selector | undefined;
  readonly fields: Fields;
}

/** Felix's defaults (resources §9). */
export const DEFAULT_CONFIG: DataplaneConfig = {
  interfacePrefixes: ["cali"],
  ipv6Support: true,
  filterAllowAction: "Accept",
  filterDenyAction: "Drop",
  defaultEndpointToHostAction: "Drop",
  markMask: 0xffff_0000,
  disableConntrackInvalidCheck: false,
  allowVXLANPacketsFromWorkloads: false,
  allowIPIPPacketsFromWorkloads: false,
  vxlanPort: 4789,
  workloadSourceSpoofing: "Disabled",
  logPrefix: "calico-packet",
  natOutgoingExclusions: "IPPoolsOnly",
  deviceRouteProtocol: 3,
  ipv4RoutePriority: 1024,
  ipv6RoutePriority: 1024,
  ipForwarding: true,
  refreshIntervalMs: 180_000,
};

/** Throws SelectorError. */
export function configLayer({ metadata, spec }: KubeObject): ConfigLayer {
  const fields = (spec ?? {}) as Fields;
  const { nodeSelector } = fields;
  if (nodeSelector !== undefined && typeof nodeSelector !== "string")
    throw new InvalidObject("spec.nodeSelector must be text");
  return {
    name: metadata.name,
    created: metadata.creationTimestamp ?? "",
    nodeSelector: optionalSelector(nodeSelector),
    fields,
  };
}

/** The settings of one node: `node.<name>` over the oldest layer whose nodeSelector matches over `default` over Felix's defaults, field by field. */
export function resolveConfig(
  layers: Iterable<ConfigLayer>,
  node: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): DataplaneConfig {
  const labels = new Map(Object.entries(node.labels));
  const all = [...layers];
  const selected = all
    .filter(({ nodeSelector }) => nodeSelector !== undefined && matches(nodeSelector, labels))
    .sort((a, b) => (a.created === b.created ? (a.name < b.name ? -1 : 1) : a.created < b.created ? -1 : 1));
  const chosen = [
    all.find(({ name }) => name === `node.${node.name}`),
    selected.find(({ name }) => name !== "default" && !name.startsWith("node.")),
    all.find(({ name }) => name === "default"),
  ];
  const value = (name: string): unknown => {
    for (const layer of chosen) if (layer?.fields[name] !== undefined) return layer.fields[name];
    return undefined;
  };
  const read = readers(value);
  const { natOutgoingAddress, natPortRange } = {
    natOutgoingAddress: read.text("natOutgoingAddress", ""),
    natPortRange: portRange(value("natPortRange")),
  };
  const base = DEFAULT_CONFIG;
  return {
    interfacePrefixes: prefixes(value("interfacePrefix")) ?? base.interfacePrefixes,
    ipv6Support: read.flag("ipv6Support", base.ipv6Support),
    filterAllowAction: read.choice("nftablesFilterAllowAction", ["Accept", "Return"], base.filterAllowAction),
    filterDenyAction: read.choice("nftablesFilterDenyAction", ["Drop", "Reject"], base.filterDenyAction),
    defaultEndpointToHostAction: read.choice(
      "defaultEndpointToHostAction",
      ["Drop", "Accept", "Return", "Reject"],
      base.defaultEndpointToHostAction,
    ),
    markMask: read.number("nftablesMarkMask", base.markMask, 0xffff_ffff),
    disableConntrackInvalidCheck: read.flag("disableConntrackInvalidCheck", base.disableConntrackInvalidCheck),
    allowVXLANPacketsFromWorkloads: read.flag("allowVXLANPacketsFromWorkloads", base.allowVXLANPacketsFromWorkloads),
    allowIPIPPacketsFromWorkloads: read.flag("allowIPIPPacketsFromWorkloads", base.allowIPIPPacketsFromWorkloads),
    vxlanPort: read.number("vxlanPort", base.vxlanPort, 65_535),
    workloadSourceSpoofing: read.choice("workloadSourceSpoofing", ["Disabled", "Any"], base.workloadSourceSpoofing),
    logPrefix: read.text("logPrefix", base.logPrefix),
    ...(natOutgoingAddress !== "" && { natOutgoingAddress }),
    natOutgoingExclusions: read.choice(
      "natOutgoingExclusions",
      ["IPPoolsOnly", "IPPoolsAndHostIPs"],
      base.natOutgoingExclusions,
    ),
    ...(natPortRange !== undefined && { natPortRange }),
    deviceRouteProtocol: read.number("deviceRouteProtocol", base.deviceRouteProtocol, 255),
    ipv4RoutePriority: read.number("ipv4NormalRoutePriority", base.ipv4RoutePriority, 2_147_483_646),
    ipv6RoutePriority: read.number("ipv6NormalRoutePriority", base.ipv6RoutePriority, 2_147_483_646),
    ipForwarding: read.choice("ipForwarding", ["Enabled", "Disabled"], "Enabled") === "Enabled",
    refreshIntervalMs: duration(value("nftablesRefreshInterval")) ?? base.refreshIntervalMs,
  };
}

/** What cannot be read falls back to the default, as in Felix. */
function readers(value: (name: string) => unknown) {
  return {
    flag: (name: string, fallback: boolean): boolean => {
      const got = value(name);
      return typeof got === "boolean" ? got : fallback;
    },
    text: (name: string, fallback: string): string => {
      const got = value(name);
      return typeof got === "string" ? got : fallback;
    },
    number: (name: string, fallback: number, max: number): number => {
      const got = value(name);
      return typeof got === "number" && Number.isInteger(got) && got >= 0 && got <= max ? got : fallback;
    },
    /** In any case, as Felix reads its actions. */
    choice: <T extends string>(name: string, choices: readonly T[], fallback: T): T => {
      const got = value(name);
      return typeof got === "string"
        ? (choices.find((c) => c.toLowerCase() === got.toLowerCase()) ?? fallback)
        : fallback;
    },
  };
}

function prefixes(value: unknown): readonly string[] | undefined {
  if (typeof value !== "string") return undefined;
  const list = value
    .split(",")
    .map((prefix) => prefix.trim())
    .filter((prefix) => prefix !== "");
  return list.length === 0 ? undefined : list;
}

function portRange(value: unknown): PortRange | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  try {
    const port = parsePort(value);
    return port.kind === "range" ? { min: port.min, max: port.max } : undefined;
  } catch {
    return undefined;
  }
}

function duration(value: unknown): number | undefined {
  return typeof value === "string" ? tryParseDuration(value) : undefined;
}
