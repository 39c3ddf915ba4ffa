import { formatCidr, parseAddress, parseCidr } from "@percale/net";
import { API_VERSION, Node } from "@percale/resources";
import type { InterfaceAddress, Link } from "@percale/kernel";

/** Interfaces whose addresses are not the node's. Source: projectcalico/calico `node/pkg/lifecycle/startup/autodetection/interfaces.go`. */
const NOT_THE_NODES =
  /^(lo|docker|cbr|dummy|virbr|lxcbr|veth|cali|tunl|flannel|kube-ipvs|cni|vxlan\.calico|vxlan-v6\.calico|wireguard\.cali|wg-v6\.cali)/;
const SCOPE_UNIVERSE = 0;

/** The node's address in one family: of the first interface that is up and not ours or a container tool's. */
export function detectAddress(
  family: 4 | 6,
  links: readonly Link[],
  addresses: readonly InterfaceAddress[],
): string | undefined {
  const candidates = links
    .filter(({ name, up, loopback }) => up && !loopback && !NOT_THE_NODES.test(name))
    .sort((a, b) => a.index - b.index);
  for (const { index } of candidates) {
    const found = addresses.find(
      ({ ifIndex, scope, address }) =>
        ifIndex === index && scope === SCOPE_UNIVERSE && parseCidr(address).family === family,
    );
    if (found !== undefined) return formatCidr(parseCidr(found.address));
  }
  return undefined;
}

export interface NodeFacts {
  readonly name: string;
  readonly ipv4Address: string | undefined;
  readonly ipv6Address: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** The Node object as this agent wants it: what others wrote on it stays. Undefined if it is so already. */
export function desiredNode(facts: NodeFacts, stored: Node | undefined): Node | undefined {
  const { ipv4Address, ipv6Address } = facts;
  const { ipv4Address: _4, ipv6Address: _6, ...otherBgp } = stored?.spec.bgp ?? {};
  const bgp = {
    ...otherBgp,
    ...(ipv4Address !== undefined && { ipv4Address }),
    ...(ipv6Address !== undefined && { ipv6Address }),
  };
  const others = stored?.spec.addresses?.filter(({ type }) => type !== "CalicoNodeIP") ?? [];
  const own = [ipv4Address, ipv6Address].filter((cidr) => cidr !== undefined);
  const addresses = [
    ...own.map((cidr) => ({ address: cidr.split("/")[0]!, type: "CalicoNodeIP" as const })),
    ...others,
  ];
  const { bgp: _bgp, addresses: _addresses, ...spec } = stored?.spec ?? {};
  const node: Node = {
    apiVersion: API_VERSION,
    kind: Node.kind,
    metadata: {
      ...stored?.metadata,
      name: facts.name,
      labels: { "kubernetes.io/hostname": facts.name, ...stored?.metadata.labels, ...facts.labels },
    },
    spec: {
      ...spec,
      ...(Object.keys(bgp).length > 0 && { bgp }),
      ...(addresses.length > 0 && { addresses }),
    },
    ...(stored?.status !== undefined && { status: stored.status }),
  };
  const isSame =
    stored !== undefined &&
    stableText(stored.metadata.labels) === stableText(node.metadata.labels) &&
    stableText(stored.spec.bgp) === stableText(node.spec.bgp) &&
    plainAddresses(stored) === plainAddresses(node);
  return isSame ? undefined : node;
}

function plainAddresses(node: Node): string {
  return (node.spec.addresses ?? []).map(({ address }) => parseAddress(address.split("/")[0]!).value).join();
}

function stableText(record: object | undefined): string {
  return JSON.stringify(Object.entries(record ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}
