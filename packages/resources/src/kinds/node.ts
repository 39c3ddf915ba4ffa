import { tryParseCidr } from "@percale/net";
import * as z from "zod";
import { ageColumn, column } from "../columns.ts";
import type { Consequence, ObjectEvent } from "../consequences.ts";
import { defineResource } from "../define.ts";
import type { Lookup, ObjectOf } from "../define.ts";
import { refOf } from "../object.ts";
import { unicastFault } from "../scalars/unicast.ts";
import { asNumber, cidr, ipv4, ipv6, mac, net, text } from "../scalars/schemas.ts";

const familyCidr = (family: 4 | 6) =>
  text((value) => {
    const cidr = tryParseCidr(value);
    return cidr?.family === family ? unicastFault(cidr) : `must be an IPv${family} address or CIDR`;
  });
const publicKey = text((value) =>
  /^[A-Za-z0-9+/]{43}=$/.test(value) ? undefined : "must be a base64 key of 32 bytes",
);

/** Source: projectcalico/calico `libcalico-go/lib/apis/internalapi/node.go`. */
export const Node = defineResource({
  kind: "Node",
  scope: "Cluster",
  internal: true,
  description: "A machine that runs workloads: its addresses, as its agent found them.",
  shortNames: ["no", "nos"],
  traits: {
    readBy: ["graph", "bird", "ipam", "tunnels", "evaluator"],
    // Which of two nodes with one address is the older.
    shared: ["metadata.creationTimestamp", "metadata.labels", "spec"],
  },
  looks: { icon: "nodes", searched: true },
  columns: [
    column("IPv4", "spec.bgp.ipv4Address", "Address in the fabric"),
    column("IPv6", "spec.bgp.ipv6Address", "Address in the fabric"),
    column("ASN", "spec.bgp.asNumber", "AS number of its own", "integer"),
    ageColumn,
  ],
  laws: [
    "BGP peers and host endpoints of the node, and settings named node.NAME, go with it.",
    "bgp is left out on a node without BGP, never empty.",
  ],
  spec: z.strictObject({
    bgp: z
      .strictObject({
        asNumber: asNumber.meta({ title: "AS number", description: "AS number, if not the cluster's." }).optional(),
        ipv4Address: familyCidr(4)
          .meta({ title: "IPv4 address", description: "Address with the length of its subnet." })
          .optional(),
        ipv6Address: familyCidr(6)
          .meta({ title: "IPv6 address", description: "Address with the length of its subnet." })
          .optional(),
        ipv4IPIPTunnelAddr: ipv4
          .meta({ title: "IPIP tunnel address", description: "Address of the IPIP device." })
          .optional(),
        routeReflectorClusterID: ipv4
          .meta({
            title: "Route reflector cluster ID",
            description: "Makes the node a route reflector of this cluster.",
          })
          .optional(),
      })
      .meta({ title: "BGP", description: "The node's own BGP settings. Absent: it takes no part in BGP." })
      .optional(),
    ipv4VXLANTunnelAddr: ipv4
      .meta({ title: "IPv4 VXLAN tunnel address", description: "Address of the IPv4 VXLAN device." })
      .optional(),
    vxlanTunnelMACAddr: mac
      .meta({ title: "IPv4 VXLAN tunnel MAC", description: "MAC of the IPv4 VXLAN device." })
      .optional(),
    ipv6VXLANTunnelAddr: ipv6
      .meta({ title: "IPv6 VXLAN tunnel address", description: "Address of the IPv6 VXLAN device." })
      .optional(),
    vxlanTunnelMACAddrV6: mac
      .meta({ title: "IPv6 VXLAN tunnel MAC", description: "MAC of the IPv6 VXLAN device." })
      .optional(),
    orchRefs: z
      .array(
        z.strictObject({
          nodeName: z
            .string()
            .meta({ title: "Node name", description: "The node, as the orchestrator calls it." })
            .optional(),
          orchestrator: z.string().meta({ title: "Orchestrator", description: "Which orchestrator: k8s, openstack." }),
        }),
      )
      .meta({ title: "Orchestrator names", description: "What orchestrators call the node." })
      .optional(),
    wireguard: z
      .strictObject({
        interfaceIPv4Address: ipv4
          .meta({ title: "IPv4 address", description: "Address of the IPv4 WireGuard device." })
          .optional(),
        interfaceIPv6Address: ipv6
          .meta({ title: "IPv6 address", description: "Address of the IPv6 WireGuard device." })
          .optional(),
      })
      .meta({ title: "WireGuard", description: "Addresses of the WireGuard devices." })
      .optional(),
    addresses: z
      .array(
        z.strictObject({
          address: net.meta({ title: "Address", description: "IP address or CIDR." }),
          type: z
            .enum(["CalicoNodeIP", "InternalIP", "ExternalIP"])
            .meta({ title: "Type", description: "Who uses the address." })
            .optional(),
        }),
      )
      .meta({ title: "Addresses", description: "All addresses of the machine." })
      .optional(),
    interfaces: z
      .array(
        z.strictObject({
          name: z.string().meta({ title: "Name", description: "Name of the interface." }),
          addresses: z
            .array(cidr)
            .meta({ title: "Addresses", description: "Addresses on the interface, with their prefix length." })
            .optional(),
        }),
      )
      .meta({ title: "Interfaces", description: "Interfaces of the machine." })
      .optional(),
  }),
  status: z.strictObject({
    wireguardPublicKey: publicKey
      .meta({ title: "WireGuard public key, IPv4", description: "Key of the IPv4 WireGuard device." })
      .optional(),
    wireguardPublicKeyV6: publicKey
      .meta({ title: "WireGuard public key, IPv6", description: "Key of the IPv6 WireGuard device." })
      .optional(),
    podCIDRs: z
      .array(z.string())
      .meta({ title: "Pod CIDRs", description: "CIDRs the orchestrator gave the node." })
      .optional(),
  }),
  react: takeAlong,
  rules: (spec, report) => {
    if (spec.bgp !== undefined && Object.keys(spec.bgp).length === 0)
      report("spec.bgp", "FieldValueInvalid", "must not be empty, got {}; leave it out on a node without BGP");
  },
});
export type Node = ObjectOf<typeof Node>;

/** What is about a node alone goes with it. Its workloads and addresses are whose agent's or controller's they are. */
function takeAlong({ type, object }: ObjectEvent, lookup: Lookup): readonly Consequence[] {
  if (type !== "DELETED") return [];
  const { name } = object.metadata;
  const refs = [
    ...["FelixConfiguration", "BGPConfiguration"].map((kind) => ({ kind, name: `node.${name}` })),
    ...["BGPPeer", "HostEndpoint"].flatMap((kind) =>
      [...lookup.list(kind)].filter(({ spec }) => (spec as { readonly node?: string }).node === name).map(refOf),
    ),
  ];
  return refs.map((ref) => ({ op: "delete", ref }));
}
