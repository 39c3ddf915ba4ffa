import type { ResourceDefinition } from "./define.ts";
import type { KubeObject } from "./object.ts";
import { namespaceObject } from "./namespaces.ts";
import { DEFAULT_ALLOW_PROFILE, Profile } from "./kinds/profile.ts";
import { BGPConfiguration } from "./kinds/bgp-configuration.ts";
import { ClusterInformation } from "./kinds/cluster-information.ts";
import { FelixConfiguration } from "./kinds/felix-configuration.ts";
import { BUILT_IN_TIERS, Tier } from "./kinds/tier.ts";

/** What every store holds from its first day on. Create those that are missing; they are complete as they are. */
export function builtInObjects(cluster: {
  /** 32 hex digits, made once. */
  readonly clusterGUID: string;
  readonly version?: string;
}): readonly KubeObject[] {
  const object = ({ kind, apiVersion }: ResourceDefinition, name: string, spec: object): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name },
    spec,
  });
  return [
    namespaceObject("default"),
    ...Object.entries(BUILT_IN_TIERS).map(([name, spec]) => object(Tier, name, spec)),
    object(Profile, DEFAULT_ALLOW_PROFILE, { ingress: [{ action: "Allow" }], egress: [{ action: "Allow" }] }),
    object(FelixConfiguration, "default", {
      nftablesMode: "Auto",
      nftablesFlowTableOffload: "Disabled",
      floatingIPs: "Disabled",
      bpfConnectTimeLoadBalancing: "TCP",
      bpfHostNetworkedNATWithoutCTLB: "Enabled",
    }),
    object(BGPConfiguration, "default", { logSeverityScreen: "Info", serviceLoadBalancerAggregation: "Enabled" }),
    object(ClusterInformation, "default", {
      clusterGUID: cluster.clusterGUID,
      clusterType: "percale",
      ...(cluster.version !== undefined && { calicoVersion: cluster.version }),
      datastoreReady: true,
    }),
  ];
}
