import type { EndpointRowView } from "@percale/api";
import type { KubeObject, SpecOf, WorkloadEndpoint } from "@percale/resources/catalog";
import type { Lenient } from "./spec.ts";

/** A workload endpoint as pages take it. */
export type EndpointObject = KubeObject<Lenient<SpecOf<typeof WorkloadEndpoint>>>;

export interface Endpoint extends EndpointRowView {
  readonly object: EndpointObject;
}

export function endpointOf(object: EndpointObject): Endpoint {
  const { metadata, spec } = object;
  const namespace = metadata.namespace ?? "default";
  return {
    key: `${namespace}/${metadata.name}`,
    namespace,
    name: spec.pod ?? spec.workload ?? metadata.name,
    objectName: metadata.name,
    node: spec.node ?? "",
    addresses: (spec.ipNetworks ?? []).map((cidr) => cidr.replace(/\/(32|128)$/, "")),
    labels: metadata.labels ?? {},
    object,
  };
}

/** `shop/frontend`: how an endpoint is named in the address bar and in questions. */
export function endpointText({ namespace, name }: Pick<Endpoint, "namespace" | "name">): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

/** Finds the endpoint that a text means: `shop/frontend`, `frontend`, the object's name, or an address. */
export function findEndpoint(endpoints: readonly Endpoint[], text: string): Endpoint | undefined {
  const wanted = text.trim();
  if (wanted === "") return undefined;
  const tests: ((endpoint: Endpoint) => boolean)[] = [
    (endpoint) => endpointText(endpoint) === wanted || endpoint.key === wanted,
    (endpoint) => endpoint.name === wanted || endpoint.addresses.includes(wanted),
    (endpoint) => endpointText(endpoint).startsWith(wanted) || endpoint.name.startsWith(wanted),
  ];
  for (const test of tests) {
    const found = endpoints.find(test);
    if (found !== undefined) return found;
  }
  return undefined;
}
