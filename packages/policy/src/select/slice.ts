/** What a service's endpoint slice adds to the sets of that service. Unlike members of sets it is under no labels: only its service names it. */
import { protocolNumber, SERVICE_NAME_LABEL } from "@percale/resources";
import type { EndpointSlice, KubeObject, StatedSpecOf } from "@percale/resources";
import { canonicalNets } from "../compile/nets.ts";

export interface ServiceSlice {
  /** `namespace/name`; undefined: of no service. */
  readonly service: string | undefined;
  /** Canonical, each once. Ready or not: a rule's services are all of them. */
  readonly nets: readonly string[];
  readonly ports: readonly { readonly protocol: number; readonly port: number }[];
}

/** Throws InvalidObject. */
export function sliceOf(object: KubeObject): ServiceSlice {
  const { addressType, endpoints, ports } = object as unknown as StatedSpecOf<typeof EndpointSlice>; // a flat kind's own fields
  const { namespace = "", labels = {} } = object.metadata;
  const name = labels[SERVICE_NAME_LABEL];
  // Names are nobody's address.
  const addresses = addressType === "FQDN" ? [] : (endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
  return {
    service: name === undefined || name === "" ? undefined : `${namespace}/${name}`,
    nets: canonicalNets(addresses),
    ports: (ports ?? []).flatMap(({ protocol = "TCP", port }) =>
      port === undefined ? [] : [{ protocol: protocolNumber(protocol)!, port }],
    ),
  };
}

/** Its entries of a set of the service, each once: addresses, with their ports where the set has them. */
export function sliceContribution({ nets, ports }: ServiceSlice, { withPorts }: { readonly withPorts: boolean }) {
  if (!withPorts) return nets;
  const suffixes = new Set(ports.map(({ protocol, port }) => `${protocol},${port}`));
  return nets.flatMap((net) => Array.from(suffixes, (suffix) => `${net},${suffix}`));
}
