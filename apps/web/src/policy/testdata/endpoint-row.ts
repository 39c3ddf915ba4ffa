import type { EndpointRowView } from "@percale/api";
import type { EndpointObject } from "../endpoint.ts";

/** An endpoint as the server tells it in a row. */
export function endpointRowOf({ metadata, spec }: EndpointObject): EndpointRowView {
  const namespace = metadata.namespace ?? "default";
  return {
    key: `${namespace}/${metadata.name}`,
    namespace,
    name: spec.pod ?? spec.workload ?? metadata.name,
    objectName: metadata.name,
    node: spec.node ?? "",
    addresses: (spec.ipNetworks ?? []).map((cidr) => cidr.replace(/\/(32|128)$/, "")),
    labels: metadata.labels ?? {},
  };
}
