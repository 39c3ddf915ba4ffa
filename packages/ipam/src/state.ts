import { formatCidr, maskCidr, parseCidr } from "@percale/net";
import {
  BlockAffinity,
  IPAMBlock,
  IPAMConfiguration,
  IPAMHandle,
  IPPool,
  IPReservation,
  Namespace,
  Node,
  ofKind,
} from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { DEFAULT_IPAM_CONFIG } from "./model.ts";
import type { IpamState } from "./model.ts";

/** What these objects, read at one moment, are to a decision. Kinds that say nothing here are passed over. */
export function ipamStateOf(objects: readonly KubeObject[], nowMs: number): IpamState {
  const [config] = ofKind(IPAMConfiguration, objects);
  return {
    pools: ofKind(IPPool, objects),
    blocks: ofKind(IPAMBlock, objects),
    affinities: ofKind(BlockAffinity, objects),
    handles: ofKind(IPAMHandle, objects),
    reservations: ofKind(IPReservation, objects).flatMap(({ spec }) => (spec.reservedCIDRs ?? []).map(masked)),
    config: config?.spec ?? DEFAULT_IPAM_CONFIG,
    nodeLabels: labelsByName(ofKind(Node, objects)),
    namespaceLabels: labelsByName(ofKind(Namespace, objects)),
    nowMs,
  };
}

/** Host bits say nothing: the whole prefix is meant. */
function masked(cidr: string): string {
  return formatCidr(maskCidr(parseCidr(cidr)));
}

function labelsByName(objects: readonly KubeObject[]): IpamState["nodeLabels"] {
  return new Map(objects.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
}
