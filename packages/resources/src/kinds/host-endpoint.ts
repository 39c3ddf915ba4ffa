import * as z from "zod";
import { column } from "../columns.ts";
import { defineResource } from "../define.ts";
import type { ObjectOf } from "../define.ts";
import { ip, linkNameFault, name, portName, portNumber, portProtocol, setOf, text } from "../scalars/schemas.ts";

/** Source: projectcalico/calico `api/pkg/apis/projectcalico/v3/hostendpoint.go`. */
export const HostEndpoint = defineResource({
  kind: "HostEndpoint",
  scope: "Cluster",
  description:
    "An interface of a node itself, or all of them: its labels and addresses are what rules select, and policies that select it are about the node's own packets. This version counts it in rules; it does not govern the node's packets yet.",
  shortNames: ["hep", "heps"],
  traits: {
    member: "endpoint",
    guarded: true,
    readBy: ["graph", "evaluator"],
    // Of others' a node has to know what selectors and named ports make of them.
    shared: ["metadata.labels", "spec.node", "spec.expectedIPs", "spec.profiles", "spec.ports"],
    node: { field: "spec.node" },
  },
  looks: {
    icon: "nodes",
    searched: true,
    menu: { group: "Policy", title: "Host endpoints", icon: "nodes" },
    template: { node: "node-1", interfaceName: "*" },
  },
  columns: [
    column("Node", "spec.node", "The node that it is of"),
    column("Interface", "spec.interfaceName", "The interface that it governs"),
  ],
  laws: [
    "interfaceName or expectedIPs is set.",
    "Rules that select it match its expectedIPs; one without them is nobody's address.",
  ],
  spec: z.strictObject({
    node: name.meta({ title: "Node", description: "The node that it is of." }),
    interfaceName: text((value) => (value === "*" ? undefined : linkNameFault(value)), 15)
      .meta({
        title: "Interface",
        description: "The interface that it governs; * is all traffic of the node. Empty: whichever has expectedIPs.",
      })
      .optional(),
    expectedIPs: setOf(ip)
      .meta({
        title: "Expected IPs",
        description: "Its addresses, as rules that select it match them. They are not learned from the interface.",
      })
      .optional(),
    profiles: setOf(name)
      .meta({ title: "Profiles", description: "Profiles in order: labels to inherit, rules after all tiers." })
      .optional(),
    ports: z
      .array(
        z.strictObject({
          name: portName.meta({ title: "Name", description: "What rules call the port." }),
          protocol: portProtocol.meta({ title: "Protocol", description: "TCP, UDP or SCTP." }),
          port: portNumber.meta({ title: "Port", description: "Number." }),
        }),
      )
      .meta({ title: "Named ports", description: "Ports with names, for rules." })
      .optional(),
  }),
  rules: ({ interfaceName, expectedIPs = [] }, report) => {
    if (interfaceName === undefined && expectedIPs.length === 0)
      report(
        "spec.interfaceName",
        "FieldValueInvalid",
        "must be set, or expectedIPs: nothing says which interface it is",
      );
  },
});
export type HostEndpoint = ObjectOf<typeof HostEndpoint>;
