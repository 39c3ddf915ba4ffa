import { API_VERSION, GlobalNetworkSet } from "@percale/resources/catalog";

/** A set of these nets, as one would begin to write it: without a name, and without the label that rules select it by. */
export function newSetText(nets: readonly string[]): string {
  return [
    `apiVersion: ${API_VERSION}`,
    `kind: ${GlobalNetworkSet.kind}`,
    "metadata:",
    '  name: ""',
    "  labels: {}",
    "spec:",
    "  nets:",
    ...nets.map((net) => (net.endsWith(":") ? `  - "${net}"` : `  - ${net}`)), // a colon at the end makes a map
    "",
  ].join("\n");
}
