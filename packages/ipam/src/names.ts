import { derivedName } from "@percale/resources";
import type { IpamHashes } from "./model.ts";

const MAX_NAME = 253;

/** Who allocates from a block, as `affinity` says it. */
export function hostOwner(node: string): string {
  return `host:${node}`;
}

/** `10.0.0.0/26` → `10-0-0-0-26`. */
export function blockName(cidr: string): string {
  return cidr.replaceAll(/[.:/]/g, "-");
}

/** `node-1-10-0-0-0-26`; a name that would be too long keeps its head and ends in a hash. */
export function affinityName(node: string, cidr: string, hashes: Pick<IpamHashes, "sha256Hex">): string {
  const block = blockName(cidr);
  const name = `${node}-${block}`;
  if (name.length < MAX_NAME) return name;
  const hash = hashes.sha256Hex(`${node}+${block}`).slice(0, 11);
  return `${node.slice(0, 239 - block.length)}-${block}-${hash}`;
}

/** The handle itself where an object can be called so; `spec.handleID` has it as it is. */
export function handleName(handle: string): string {
  return derivedName(handle);
}

/** Labels by which an owner's affinities are listed. Source: projectcalico/calico `libcalico-go/lib/backend/k8s/resources/ipam_affinity.go`. */
export function ownerLabels(node: string, family: 4 | 6, hashes: IpamHashes): Record<string, string> {
  return {
    "projectcalico.org/hostname-hash": hashes.sha3Base32(node),
    "projectcalico.org/affinity-type": "host",
    "projectcalico.org/ip-version": String(family),
  };
}
