import { formatAddress, tryParseCidr } from "@percale/net";
import type { IPPool, KubeObject, Node, StatedSpecOf } from "@percale/resources";
import type { PoolInfo } from "../model.ts";
import { canonicalNet } from "./nets.ts";

/** The node's own addresses in the fabric, canonical. What does not parse is left out. */
export function nodeAddresses({ spec: raw }: KubeObject): readonly string[] {
  const spec = (raw ?? {}) as StatedSpecOf<typeof Node>;
  const texts = [spec.bgp?.ipv4Address, spec.bgp?.ipv6Address, ...(spec.addresses ?? []).map(({ address }) => address)];
  const addresses = texts.flatMap((text) => {
    const parsed = text === undefined ? undefined : tryParseCidr(text);
    return parsed === undefined ? [] : [formatAddress(parsed)];
  });
  return [...new Set(addresses)];
}

/** Throws InvalidObject. */
export function poolInfo({ spec: raw }: KubeObject): PoolInfo {
  const spec = raw as StatedSpecOf<typeof IPPool>;
  const uses = spec.allowedUses ?? [];
  return {
    cidr: canonicalNet(spec.cidr),
    // T152: a disabled pool stays part of the network, and its addresses are masqueraded as before.
    natOutgoing: spec.natOutgoing === true,
    loadBalancerOnly: uses.length > 0 && uses.every((use) => use === "LoadBalancer"),
  };
}
