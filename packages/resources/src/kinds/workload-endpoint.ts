import { containsAddress, tryParseAddress, tryParseCidr } from "@percale/net";
import * as z from "zod";
import { ageColumn, column } from "../columns.ts";
import { defineResource } from "../define.ts";
import type { Immutable, ObjectOf } from "../define.ts";
import { show } from "../issue.ts";
import type { Report } from "../issue.ts";
import { NAMESPACE_LABEL, ORCHESTRATOR_LABEL, SERVICE_ACCOUNT_LABEL } from "../object.ts";
import {
  cidr,
  dscp,
  ip,
  ipv4,
  ipv6,
  linkName,
  mac,
  net,
  portName,
  portNumber,
  portProtocol,
  text,
} from "../scalars/schemas.ts";
import { workloadEndpointName } from "./workload-endpoint-name.ts";

const rate = z.int().min(0);
const qosControls = z.strictObject({
  ingressBandwidth: rate.meta({ title: "Ingress bandwidth", description: "Bit/s to the workload." }).optional(),
  egressBandwidth: rate.meta({ title: "Egress bandwidth", description: "Bit/s from the workload." }).optional(),
  ingressBurst: rate.meta({ title: "Ingress burst", description: "Bits to the workload at once." }).optional(),
  egressBurst: rate.meta({ title: "Egress burst", description: "Bits from the workload at once." }).optional(),
  ingressPeakrate: rate
    .meta({ title: "Ingress peak rate", description: "Bit/s to the workload within a burst." })
    .optional(),
  egressPeakrate: rate
    .meta({ title: "Egress peak rate", description: "Bit/s from the workload within a burst." })
    .optional(),
  ingressMinburst: rate
    .meta({ title: "Ingress burst at peak rate", description: "Bytes to the workload at peak rate at once." })
    .optional(),
  egressMinburst: rate
    .meta({ title: "Egress burst at peak rate", description: "Bytes from the workload at peak rate at once." })
    .optional(),
  ingressPacketRate: rate.meta({ title: "Ingress packet rate", description: "Packets/s to the workload." }).optional(),
  egressPacketRate: rate.meta({ title: "Egress packet rate", description: "Packets/s from the workload." }).optional(),
  ingressPacketBurst: rate
    .meta({ title: "Ingress packet burst", description: "Packets to the workload at once." })
    .optional(),
  egressPacketBurst: rate
    .meta({ title: "Egress packet burst", description: "Packets from the workload at once." })
    .optional(),
  ingressMaxConnections: rate
    .meta({ title: "Ingress connections", description: "Connections to the workload." })
    .optional(),
  egressMaxConnections: rate
    .meta({ title: "Egress connections", description: "Connections from the workload." })
    .optional(),
  dscp: dscp.meta({ title: "DSCP", description: "DSCP of packets that leave the cluster." }).optional(),
});

const spec = z.strictObject({
  orchestrator: z
    .string()
    .min(1)
    .meta({ title: "Orchestrator", description: "Who runs the workload: k8s, cni, libnetwork, openstack." }),
  node: z.string().min(1).meta({ title: "Node", description: "Node it runs on." }),
  workload: z
    .string()
    .meta({ title: "Workload", description: "Name of the workload, where the orchestrator is none of the known ones." })
    .optional(),
  containerID: text((value) =>
    value === "" || /^[a-zA-Z0-9][-a-zA-Z0-9_.]*$/.test(value)
      ? undefined
      : "must be letters, digits, - _ . and begin with a letter or digit",
  )
    .meta({ title: "Container ID", description: "Container, as the runtime calls it." })
    .optional(),
  pod: z.string().meta({ title: "Pod", description: "Kubernetes pod." }).optional(),
  endpoint: z
    .string()
    .min(1)
    .meta({ title: "Interface in the workload", description: "Name of the interface inside the workload." }),
  serviceAccountName: z
    .string()
    .meta({ title: "Service account", description: "Kubernetes service account." })
    .optional(),
  ipNetworks: z.array(net).meta({ title: "IP addresses", description: "Its addresses, as /32 or /128." }).optional(),
  ipNATs: z
    .array(
      z.strictObject({
        internalIP: ip.meta({ title: "Internal IP", description: "Address of the workload." }),
        externalIP: ip.meta({ title: "External IP", description: "Address outside that leads to it." }),
      }),
    )
    .meta({ title: "Floating IPs", description: "Addresses outside that lead to an address of the workload." })
    .optional(),
  ipv4Gateway: ipv4.meta({ title: "IPv4 gateway", description: "Gateway the workload sees." }).optional(),
  ipv6Gateway: ipv6.meta({ title: "IPv6 gateway", description: "Gateway the workload sees." }).optional(),
  profiles: z
    .array(z.string())
    .meta({ title: "Profiles", description: "Profiles in order: labels to inherit, rules after all tiers." })
    .optional(),
  interfaceName: linkName.meta({ title: "Interface on the node", description: "Interface on the node." }).optional(),
  mac: mac.meta({ title: "MAC address", description: "MAC of the interface inside the workload." }).optional(),
  ports: z
    .array(
      z.strictObject({
        name: portName.meta({ title: "Name", description: "What rules call the port." }).optional(),
        protocol: portProtocol.meta({ title: "Protocol", description: "TCP, UDP or SCTP." }),
        port: portNumber.meta({ title: "Port", description: "Number." }),
        hostPort: z
          .int()
          .min(0)
          .max(65535)
          .meta({ title: "Host port", description: "Port of the node that leads to it." })
          .optional(),
        hostIP: z.string().meta({ title: "Host IP", description: "Address of the node for hostPort." }).optional(),
      }),
    )
    .meta({ title: "Named ports", description: "Ports with names, for rules, and with host ports." })
    .optional(),
  allowSpoofedSourcePrefixes: z
    .array(cidr)
    .meta({ title: "Allowed source prefixes", description: "Source addresses not its own that it may send from." })
    .optional(),
  qosControls: qosControls.meta({ title: "QoS limits", description: "Limits on its traffic." }).optional(),
});

/** Source: projectcalico/calico `libcalico-go/lib/apis/internalapi/workloadendpoint.go`. */
export const WorkloadEndpoint = defineResource({
  kind: "WorkloadEndpoint",
  scope: "Namespaced",
  internal: true,
  description: "A workload's interface: its addresses, labels and profiles.",
  shortNames: ["wep", "weps"],
  traits: {
    member: "endpoint",
    guarded: true,
    readBy: ["graph", "evaluator"],
    // Of others' a node has to know what selectors and named ports make of them.
    shared: [
      "metadata.labels",
      "spec.orchestrator",
      "spec.serviceAccountName",
      "spec.profiles",
      "spec.ipNetworks",
      "spec.ports",
    ],
    node: { field: "spec.node" },
  },
  looks: { icon: "endpoints", page: "endpoints" },
  columns: [
    column("Node", "spec.node", "Node it runs on"),
    column("Networks", "spec.ipNetworks", "Its addresses"),
    column("Interface", "spec.interfaceName", "Interface on the node"),
    ageColumn,
  ],
  laws: [
    "The name is computed: NODE-k8s-POD-ENDPOINT, NODE-cni-CONTAINER-ENDPOINT and so on, with - doubled within each part.",
    "The labels of namespace, orchestrator and service account are the system's.",
    "An address is one address; floating IPs lead to addresses that it has.",
  ],
  spec,
  complete: ({ metadata, spec }) => {
    const name = workloadEndpointName(spec);
    if (metadata.name === "" && "name" in name) metadata.name = name.name;
    const account = spec.serviceAccountName ?? "";
    const { [SERVICE_ACCOUNT_LABEL]: _, ...labels } = metadata.labels ?? {};
    metadata.labels = {
      ...labels,
      [NAMESPACE_LABEL]: metadata.namespace ?? "",
      [ORCHESTRATOR_LABEL]: spec.orchestrator,
      // A longer name is no legal label value; matching looks at serviceAccountName.
      ...(account !== "" && account.length < 63 && { [SERVICE_ACCOUNT_LABEL]: account }),
    };
  },
  rules: (spec, report, metadata) => {
    const name = workloadEndpointName(spec);
    if ("fault" in name) report(`spec.${name.part}`, "FieldValueInvalid", name.fault);
    else if (metadata.name !== name.name)
      report(
        "metadata.name",
        "FieldValueInvalid",
        `must be ${name.name}, computed from the spec, got ${show(metadata.name)}`,
      );
    checkAddresses(spec, report);
    for (const [i, { name: portName, hostPort }] of (spec.ports ?? []).entries())
      if ((portName ?? "") === "" && (hostPort ?? 0) === 0)
        report(`spec.ports[${i}].name`, "FieldValueInvalid", "is required unless hostPort is set");
  },
});
export type WorkloadEndpoint = ObjectOf<typeof WorkloadEndpoint>;

function checkAddresses({ ipNetworks = [], ipNATs = [] }: Immutable<z.output<typeof spec>>, report: Report): void {
  const networks = ipNetworks.flatMap((text) => tryParseCidr(text) ?? []);
  for (const [i, text] of ipNetworks.entries()) {
    const parsed = tryParseCidr(text);
    if (parsed !== undefined && parsed.prefixLen !== (parsed.family === 4 ? 32 : 128))
      report(`spec.ipNetworks[${i}]`, "FieldValueInvalid", `must be one address (/32 or /128), got ${show(text)}`);
  }
  for (const [i, { internalIP, externalIP }] of ipNATs.entries()) {
    const [inner, outer] = [tryParseAddress(internalIP), tryParseAddress(externalIP)];
    if (inner === undefined || outer === undefined) continue; // reported by the schema
    if (inner.family !== outer.family)
      report(
        `spec.ipNATs[${i}]`,
        "FieldValueInvalid",
        `internalIP and externalIP must be of one family, got ${internalIP} and ${externalIP}`,
      );
    if (!networks.some((network) => containsAddress(network, inner)))
      report(`spec.ipNATs[${i}].internalIP`, "FieldValueInvalid", `must be one of ipNetworks, got ${show(internalIP)}`);
  }
}
