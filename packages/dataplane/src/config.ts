import type { DataplaneConfig } from "@percale/policy";

/** Felix's defaults: what holds until the agent has read its configuration. */
export const DEFAULT_CONFIG: DataplaneConfig = {
  interfacePrefixes: ["cali"],
  ipv6Support: true,
  filterAllowAction: "Accept",
  filterDenyAction: "Drop",
  defaultEndpointToHostAction: "Drop",
  markMask: 0xffff0000,
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
