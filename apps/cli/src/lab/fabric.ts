/**
 * The lab's wires: one namespace holds a bridge, every node and the outside host has a leg on it.
 *
 *   [percale-node-1] [percale-node-2] [percale-node-3] [outside]
 *          └────────────────┴── br0 in [fabric] ──┴────────┘
 */
import { createNetns, deleteNetns, inNetns, netnsPath, openRtnetlink, writeSysctl } from "@percale/kernel";
import type { Rtnetlink } from "@percale/kernel";
import type { LabNode } from "./shop.ts";
import { NODES, OUTSIDE, POOLS, SEGMENT } from "./shop.ts";

/** Names of the lab's namespaces, all with one prefix that no other lab has. */
export function netnsName(labId: string, part: string): string {
  return `percale-${labId}-${part}`;
}

export async function createFabric(labId: string): Promise<void> {
  const fabric = netnsName(labId, "fabric");
  await withNetns(fabric, async (link) => {
    quietIPv6(fabric);
    await link.setLink("lo", { up: true });
    await link.addLink({ name: "br0", kind: "bridge", up: true });
    await link.addAddress("br0", `${SEGMENT.gateway.ipv4}/${SEGMENT.prefixLen.ipv4}`);
    await link.addAddress("br0", `${SEGMENT.gateway.ipv6}/${SEGMENT.prefixLen.ipv6}`);
    for (const host of [...NODES, OUTSIDE]) await plugIn(labId, link, host);
  });
  for (const node of NODES) {
    const netns = netnsName(labId, node.name);
    writeSysctl("net/ipv4/ip_forward", 1, { netns });
    writeSysctl("net/ipv6/conf/all/forwarding", 1, { netns });
  }
  await routeToPools(netnsName(labId, OUTSIDE.name));
}

/** A workload's namespace, empty but for loopback: what a container runtime hands to a CNI plugin. */
export async function createWorkloadNetns(labId: string, name: string): Promise<string> {
  const netns = netnsName(labId, name);
  await withNetns(netns, (link) => link.setLink("lo", { up: true }));
  return netnsPath(netns);
}

export function removeNetns(labId: string, part: string): boolean {
  return deleteNetns(netnsName(labId, part));
}

async function plugIn(labId: string, fabric: Rtnetlink, host: LabNode): Promise<void> {
  const netns = netnsName(labId, host.name);
  const port = host.name.replace("percale-", "");
  await withNetns(netns, async (link) => {
    quietIPv6(netns);
    await link.setLink("lo", { up: true });
    await fabric.addVeth({ name: port, peerName: "eth0", peerNetns: netns, up: true });
    await fabric.setLink(port, { master: "br0", up: true });
    await link.setLink("eth0", { up: true });
    await link.addAddress("eth0", `${host.ipv4}/${SEGMENT.prefixLen.ipv4}`);
    await link.addAddress("eth0", `${host.ipv6}/${SEGMENT.prefixLen.ipv6}`);
    // Without a route that covers 169.254.1.1 the kernel would not answer for the workloads' gateway.
    await link.replaceRoute({ dst: "0.0.0.0/0", gateway: SEGMENT.gateway.ipv4 });
    await link.replaceRoute({ dst: "::/0", gateway: SEGMENT.gateway.ipv6 });
  });
}

/** The outside host knows the cluster as its neighbours do: by way of one of the nodes. */
async function routeToPools(netns: string): Promise<void> {
  const [first] = NODES;
  const link = openRtnetlink({ netns });
  try {
    await link.replaceRoute({ dst: POOLS.ipv4, gateway: first!.ipv4 });
    await link.replaceRoute({ dst: POOLS.ipv6, gateway: first!.ipv6 });
  } finally {
    link.close();
  }
}

/** No duplicate address detection: its second of silence at every start would be the longest step of all. */
function quietIPv6(netns: string): void {
  inNetns(netns, () => {
    for (const scope of ["default", "all"]) {
      writeSysctl(`net/ipv6/conf/${scope}/accept_dad`, 0);
      writeSysctl(`net/ipv6/conf/${scope}/accept_ra`, 0);
    }
  });
}

async function withNetns(netns: string, run: (link: Rtnetlink) => Promise<void>): Promise<void> {
  createNetns(netns);
  const link = openRtnetlink({ netns });
  try {
    await run(link);
  } finally {
    link.close();
  }
}
