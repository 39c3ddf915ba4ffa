import * as z from "zod";
import { defineResource } from "../define.ts";
import type { ObjectOf } from "../define.ts";
import { show } from "../issue.ts";
import { DEFAULT_AS } from "../scalars/as-number.ts";
import {
  anyCase,
  asNumber,
  durationWithin,
  ipv4,
  ipv6,
  name,
  net,
  portNumber,
  setOf,
  text,
} from "../scalars/schemas.ts";
import { groupSettings, setting } from "../settings.ts";

const cidrList = z.array(z.strictObject({ cidr: net.meta({ title: "CIDR", description: "A strictly masked CIDR." }) }));
const priority = z.int().min(1).max(2_147_483_646);

/** BGP tells it in 12 bits of seconds (RFC 4724). */
export const restartTime = durationWithin("1s", "1h8m15s", "graceful restart tells it in 12 bits of seconds");

/** A Secret's key, in the namespace of the node agent. */
export const secretRef = z.strictObject({
  secretKeyRef: z
    .strictObject({
      name: z.string().meta({ title: "Secret name", description: "Name of the Secret." }).default(""),
      key: text(
        (value) => (/^[-._a-zA-Z0-9]+$/.test(value) ? undefined : "must be a Secret's key: letters, digits, - _ ."),
        253,
      ).meta({ title: "Secret key", description: "Key within it." }),
      optional: z
        .boolean()
        .meta({ title: "May be missing", description: "True: a missing Secret is no error." })
        .optional(),
    })
    .meta({ title: "Secret", description: "Which Secret holds it." })
    .optional(),
});

/** Cluster-wide settings: they make sense in the object named `default` only. */
const ONLY_IN_DEFAULT = [
  "nodeToNodeMeshEnabled",
  "asNumber",
  "serviceLoadBalancerIPs",
  "serviceExternalIPs",
  "serviceClusterIPs",
  "nodeMeshPassword",
  "nodeMeshMaxRestartTime",
] as const;

const GROUPS = [
  ["Mesh and AS", /^(nodeToNodeMesh|asNumber|nodeMesh|listenPort|bindMode)/],
  ["Services", /^service/],
  ["Communities", /^(communities|prefixAdvertisements)/],
  ["BIRD and routes", /^/],
] as const;

const spec = z.strictObject({
  logSeverityScreen: anyCase("Trace", "Debug", "Info", "Warning", "Error", "Fatal")
    .meta({ title: "BIRD log level", description: "How much BIRD logs.", ...setting({ effect: "live" }) })
    .default("Info"),
  nodeToNodeMeshEnabled: z
    .boolean()
    .meta({
      title: "Node-to-node mesh",
      description: "Every node peers with every other. Only in the object named default. Default: true.",
      ...setting({ default: true, effect: "opens or ends sessions" }),
    })
    .optional(),
  asNumber: asNumber
    .meta({
      title: "AS number",
      description: "AS number of nodes that have none of their own. Only in the object named default. Default: 64512.",
      ...setting({ default: DEFAULT_AS, effect: "restarts sessions" }),
    })
    .optional(),
  serviceLoadBalancerIPs: cidrList
    .meta({
      title: "Service load balancer IPs",
      description: "Load balancer addresses to advertise. Only in the object named default.",
    })
    .optional(),
  serviceExternalIPs: cidrList
    .meta({
      title: "Service external IPs",
      description: "External service addresses to advertise. Only in the object named default.",
    })
    .optional(),
  serviceClusterIPs: cidrList
    .meta({
      title: "Service cluster IPs",
      description: "Cluster service addresses to advertise. Only in the object named default.",
    })
    .optional(),
  serviceLoadBalancerAggregation: z
    .enum(["Enabled", "Disabled"])
    .meta({
      title: "Aggregate load balancer IPs",
      description: "Disabled: advertise each load balancer address for itself instead of its CIDR.",
    })
    .default("Enabled"),
  communities: z
    .array(
      z.strictObject({
        name: name.meta({ title: "Name", description: "What prefixAdvertisements calls it." }),
        value: text(communityFault).meta({
          title: "Value",
          description: "aa:nn (16 bits each) or aa:nn:mm (32 bits each).",
        }),
      }),
    )
    .max(500)
    .meta({ title: "Communities", description: "Names for BGP community values." })
    .optional(),
  prefixAdvertisements: z
    .array(
      z.strictObject({
        cidr: net.meta({ title: "CIDR", description: "Routes within this CIDR get the communities." }),
        communities: z
          .array(z.string())
          .max(50)
          .meta({ title: "Communities", description: "Community values, or names from communities." }),
      }),
    )
    .max(500)
    .meta({ title: "Prefix advertisements", description: "Communities to attach to advertised routes." })
    .optional(),
  listenPort: portNumber
    .meta({
      title: "Listen port",
      description: "TCP port BIRD listens on. Default: 179.",
      ...setting({ default: 179, unit: "TCP", effect: "restarts sessions" }),
    })
    .optional(),
  nodeMeshPassword: secretRef
    .meta({
      title: "Mesh password",
      description: "Password of all sessions of the mesh. Only in the object named default.",
      ...setting({ effect: "restarts sessions" }),
    })
    .optional(),
  nodeMeshMaxRestartTime: restartTime
    .meta({
      title: "Mesh restart time",
      description:
        "How long mesh peers keep a restarting node's routes. Only in the object named default. Default: 2m0s.",
      ...setting({ default: "2m0s", effect: "restarts sessions" }),
    })
    .optional(),
  bindMode: z
    .enum(["None", "NodeIP"])
    .meta({
      title: "Bind mode",
      description: "NodeIP: listen on the node's BGP address only. Default: None.",
      ...setting({ default: "None", effect: "restarts sessions" }),
    })
    .optional(),
  ignoredInterfaces: setOf(
    text((value) =>
      /^[a-zA-Z0-9_.*-]{1,15}$/.test(value) && value !== "*"
        ? undefined
        : "must be an interface name of at most 15 characters, * matching any part but not alone",
    ),
  )
    .meta({
      title: "Ignored interfaces",
      description: "Interfaces whose routes are not read. * matches any part of a name.",
      ...setting({ effect: "live" }),
    })
    .optional(),
  localWorkloadPeeringIPV4: ipv4
    .meta({
      title: "Local workload peering, IPv4",
      description: "Address under which local workloads reach BIRD over IPv4.",
    })
    .optional(),
  localWorkloadPeeringIPV6: ipv6
    .meta({
      title: "Local workload peering, IPv6",
      description: "Address under which local workloads reach BIRD over IPv6.",
    })
    .optional(),
  programClusterRoutes: z
    .enum(["Enabled", "Disabled", "EnabledIPIPOnly", "EnabledNoEncapOnly"])
    .meta({
      title: "Cluster routes written by BIRD",
      description:
        "Pools whose cluster routes BIRD writes into the kernel; the node agent writes the others'. Default: EnabledNoEncapOnly.",
      ...setting({ default: "EnabledNoEncapOnly" }),
    })
    .optional(),
  ipv4NormalRoutePriority: priority
    .meta({
      title: "IPv4 route metric",
      description: "Metric of IPv4 routes BIRD writes. Default: 1024.",
      ...setting({ default: 1024, effect: "live" }),
    })
    .optional(),
  ipv6NormalRoutePriority: priority
    .meta({
      title: "IPv6 route metric",
      description: "Metric of IPv6 routes BIRD writes. Default: 1024.",
      ...setting({ default: 1024, effect: "live" }),
    })
    .optional(),
});

/** Source: projectcalico/calico `api/pkg/apis/projectcalico/v3/bgpconfig.go`. */
export const BGPConfiguration = defineResource({
  kind: "BGPConfiguration",
  scope: "Cluster",
  description: "BGP settings of the nodes: the object default for all of them, node.NAME for one.",
  shortNames: ["bgpconfig", "bgpconfigs"],
  traits: { readBy: ["bird"], shared: ["spec"] },
  looks: {
    icon: "bgp",
    page: "bgp",
    settings: { title: "BGP", groups: groupSettings(Object.keys(spec.shape), GROUPS) },
  },
  laws: [
    "What concerns the whole cluster (mesh, AS number, service addresses, mesh password and restart time) is set in the object default alone.",
    "A mesh password or restart time needs the mesh.",
    "communities need prefixAdvertisements; what those name is a community's value or a name listed.",
  ],
  spec,
  rules: (spec, report, { name }) => {
    if (name !== "default")
      for (const key of ONLY_IN_DEFAULT)
        if (spec[key] !== undefined)
          report(`spec.${key}`, "FieldValueInvalid", `may only be set in the object named default, not in ${name}`);
    if (spec.nodeToNodeMeshEnabled === false)
      for (const key of ["nodeMeshPassword", "nodeMeshMaxRestartTime"] as const)
        if (spec[key] !== undefined)
          report(
            `spec.${key}`,
            "FieldValueInvalid",
            "cannot be set while nodeToNodeMeshEnabled is false: there is no mesh",
          );
    const named = new Set(spec.communities?.map((community) => community.name));
    if (named.size > 0 && (spec.prefixAdvertisements ?? []).length === 0)
      report(
        "spec.communities",
        "FieldValueInvalid",
        "needs prefixAdvertisements: a community that no prefix uses does nothing",
      );
    for (const [i, { communities }] of (spec.prefixAdvertisements ?? []).entries())
      for (const [j, value] of communities.entries())
        if (!named.has(value) && communityFault(value) !== undefined)
          report(
            `spec.prefixAdvertisements[${i}].communities[${j}]`,
            "FieldValueInvalid",
            `must be aa:nn, aa:nn:mm or a name listed in communities, got ${show(value)}`,
          );
  },
});
export type BGPConfiguration = ObjectOf<typeof BGPConfiguration>;

/** A standard (16-bit parts) or large (32-bit parts) BGP community. */
export function communityFault(value: string): string | undefined {
  const parts = value.split(":");
  const limit = parts.length === 2 ? 0xffff : 0xffff_ffff;
  const isGood =
    (parts.length === 2 || parts.length === 3) &&
    parts.every((part) => /^\d{1,10}$/.test(part) && Number(part) <= limit);
  return isGood ? undefined : "must be aa:nn (0-65535 each) or aa:nn:mm (0-4294967295 each)";
}
