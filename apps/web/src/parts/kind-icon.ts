import type { IconName } from "./icon.tsx";

export function iconOf(kind: string): IconName {
  const icons: Readonly<Record<string, IconName>> = {
    NetworkPolicy: "ns",
    GlobalNetworkPolicy: "global",
    Tier: "board",
    NetworkSet: "set",
    GlobalNetworkSet: "set",
    IPPool: "pools",
    BGPPeer: "bgp",
    BGPConfiguration: "bgp",
    Node: "nodes",
    WorkloadEndpoint: "endpoints",
  };
  return icons[kind] ?? "settings";
}
