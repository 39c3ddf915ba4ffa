import { tryParseCidr } from "@percale/net";
import { z } from "zod";
import { ageColumn, column } from "../columns.ts";
import { defineResource } from "../define.ts";
import type { ObjectOf } from "../define.ts";
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
  spec: z.strictObject({
    bgp: z
      .strictObject({
        asNumber: asNumber.describe("AS number, if not the cluster's.").optional(),
        ipv4Address: familyCidr(4).describe("Address with the length of its subnet.").optional(),
        ipv6Address: familyCidr(6).describe("Address with the length of its subnet.").optional(),
        ipv4IPIPTunnelAddr: ipv4.describe("Address of the IPIP device.").optional(),
        routeReflectorClusterID: ipv4.describe("Makes the node a route reflector of this cluster.").optional(),
      })
      .describe("How the node speaks BGP. Absent: it does not.")
      .optional(),
    ipv4VXLANTunnelAddr: ipv4.describe("Address of the IPv4 VXLAN device.").optional(),
    vxlanTunnelMACAddr: mac.describe("MAC of the IPv4 VXLAN device.").optional(),
    ipv6VXLANTunnelAddr: ipv6.describe("Address of the IPv6 VXLAN device.").optional(),
    vxlanTunnelMACAddrV6: mac.describe("MAC of the IPv6 VXLAN device.").optional(),
    orchRefs: z
      .array(z.strictObject({ nodeName: z.string().optional(), orchestrator: z.string() }))
      .describe("What orchestrators call the node.")
      .optional(),
    wireguard: z
      .strictObject({ interfaceIPv4Address: ipv4.optional(), interfaceIPv6Address: ipv6.optional() })
      .describe("Addresses of the WireGuard devices.")
      .optional(),
    addresses: z
      .array(z.strictObject({ address: net, type: z.enum(["CalicoNodeIP", "InternalIP", "ExternalIP"]).optional() }))
      .describe("All addresses of the machine.")
      .optional(),
    interfaces: z
      .array(z.strictObject({ name: z.string(), addresses: z.array(cidr).optional() }))
      .describe("Interfaces of the machine.")
      .optional(),
  }),
  status: z.strictObject({
    wireguardPublicKey: publicKey.describe("Key of the IPv4 WireGuard device.").optional(),
    wireguardPublicKeyV6: publicKey.describe("Key of the IPv6 WireGuard device.").optional(),
    podCIDRs: z.array(z.string()).describe("CIDRs the orchestrator gave the node.").optional(),
  }),
  rules: (spec, report) => {
    if (spec.bgp !== undefined && Object.keys(spec.bgp).length === 0)
      report("spec.bgp", "FieldValueInvalid", "must not be empty, got {}; leave it out on a node without BGP");
  },
});
export type Node = ObjectOf<typeof Node>;
