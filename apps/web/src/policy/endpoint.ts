import type { EndpointRowView } from "@percale/api";
import type { KubeObject, SpecOf, WorkloadEndpoint } from "@percale/resources/catalog";
import type { Lenient } from "./spec.ts";

/** A workload endpoint as pages take it. */
export type EndpointObject = KubeObject<Lenient<SpecOf<typeof WorkloadEndpoint>>>;

/** `shop/frontend`: how an endpoint is named in the address bar and in questions. */
export function endpointText({ namespace, name }: Pick<EndpointRowView, "namespace" | "name">): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}
