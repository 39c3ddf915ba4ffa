import { matches } from "@percale/selector";
import type { Selector } from "@percale/selector";
import { felixDefaults, isInterval, parsePort, tryParseDuration } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { DataplaneConfig, PortRange } from "../model.ts";
import { InvalidObject } from "./invalid.ts";
import { optionalSelector } from "../select/policy.ts";

/** What `defaultEndpointToHostAction` comes to. Return: the node's own rules decide, taken to accept. */
export const HOST_VERDICTS: Readonly<Record<DataplaneConfig["defaultEndpointToHostAction"], "allow" | "deny">> = {
  Accept: "allow",
  Return: "allow",
  Drop: "deny",
  Reject: "deny",
};

type Fields = Readonly<Record<string, unknown>>;

/** A FelixConfiguration as a layer. `nodeSelector` only on those that are neither `default` nor `node.<name>`. */
export interface ConfigLayer {
  readonly name: string;
  readonly created: string;
  readonly nodeSelector: Selector | undefined;
  readonly fields: Fields;
}

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
  /** What cannot be read falls back to the default, as in Felix. */
  const read = <T>(name: keyof typeof felixDefaults, as: (value: unknown) => T | undefined): T | undefined => {
    const layer = chosen.find((one) => one?.fields[name] !== undefined);
    return (layer && as(layer.fields[name])) ?? as(felixDefaults[name]);
  };
  /** Of a field that has a default. */
  const given = <T>(...field: Parameters<typeof read<T>>): T => read(...field)!;
  const natOutgoingAddress = read("natOutgoingAddress", text);
  const natPortRange = read("natPortRange", portRange);
  return {
    interfacePrefixes: given("interfacePrefix", prefixes),
    ipv6Support: given("ipv6Support", flag),
    filterAllowAction: given("nftablesFilterAllowAction", choice("Accept", "Return")),
    filterDenyAction: given("nftablesFilterDenyAction", choice("Drop", "Reject")),
    defaultEndpointToHostAction: given("defaultEndpointToHostAction", choice("Drop", "Accept", "Return", "Reject")),
    markMask: given("nftablesMarkMask", upTo(0xffff_ffff)),
    disableConntrackInvalidCheck: given("disableConntrackInvalidCheck", flag),
    allowVXLANPacketsFromWorkloads: given("allowVXLANPacketsFromWorkloads", flag),
    allowIPIPPacketsFromWorkloads: given("allowIPIPPacketsFromWorkloads", flag),
    vxlanPort: given("vxlanPort", upTo(65_535)),
    workloadSourceSpoofing: given("workloadSourceSpoofing", choice("Disabled", "Any")),
    logPrefix: given("logPrefix", text),
    ...(natOutgoingAddress !== undefined && natOutgoingAddress !== "" && { natOutgoingAddress }),
    natOutgoingExclusions: given("natOutgoingExclusions", choice("IPPoolsOnly", "IPPoolsAndHostIPs")),
    ...(natPortRange !== undefined && { natPortRange }),
    deviceRouteProtocol: given("deviceRouteProtocol", upTo(255)),
    ipv4RoutePriority: given("ipv4NormalRoutePriority", upTo(2_147_483_646)),
    ipv6RoutePriority: given("ipv6NormalRoutePriority", upTo(2_147_483_646)),
    ipForwarding: given("ipForwarding", choice("Enabled", "Disabled")) === "Enabled",
    refreshIntervalMs: given("nftablesRefreshInterval", interval),
  };
}

/** What a node does that nobody configured. */
export const DEFAULT_CONFIG: DataplaneConfig = resolveConfig([], { name: "", labels: {} });

function flag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function upTo(max: number): (value: unknown) => number | undefined {
  return (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max ? value : undefined;
}

/** In any case, as Felix reads its actions. */
function choice<T extends string>(...choices: readonly T[]): (value: unknown) => T | undefined {
  return (value) =>
    typeof value === "string" ? choices.find((one) => one.toLowerCase() === value.toLowerCase()) : undefined;
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

function interval(value: unknown): number | undefined {
  const ms = typeof value === "string" ? tryParseDuration(value) : undefined;
  return ms !== undefined && isInterval(ms) ? ms : undefined;
}
