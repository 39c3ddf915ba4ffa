import type { ChildProcess } from "node:child_process";
import { createNetns, deleteNetns, NUD_PERMANENT, openRtnetlink, writeSysctl } from "@percale/kernel";
import { listen, probe } from "./probe.ts";
import type { ProbeOptions, ProbeResult } from "./probe.ts";

/** Host side of every workload's veth, as the CNI client makes it. */
const HOST_MAC = "ee:ee:ee:ee:ee:ee";
const HOST_LINK_LOCAL = "fe80::ecee:eeff:feee:eeee";
const V4_GATEWAY = "169.254.1.1";

export interface FabricWorkload {
  readonly name: string;
  readonly node: string;
  readonly interfaceName: string;
  readonly mac: string;
  /** Host CIDRs. */
  readonly addresses: readonly string[];
}

export interface FabricNode {
  readonly name: string;
  /** On the common segment, with prefix length. */
  readonly addresses: readonly string[];
  /** What the other nodes route here. */
  readonly blocks: readonly string[];
}

/**
 * Nodes and an outside host on one segment, and workloads behind the nodes, each a network namespace. The wiring is what CNI
 * leaves behind; host-side routes and settings are the dataplane's part. Destroy it, also after a failure.
 */
export class Fabric {
  readonly #prefix: string;
  readonly #namespaces: string[] = [];
  readonly #listeners: ChildProcess[] = [];
  readonly #nodes = new Map<string, FabricNode>();

  /** `prefix` keeps concurrent fabrics apart. */
  constructor(prefix: string) {
    this.#prefix = prefix;
    this.#create("wire");
  }

  netns(name: string): string {
    return `${this.#prefix}-${name}`;
  }

  async start(): Promise<void> {
    await this.#in("wire", (wire) => wire.addLink({ name: "br0", kind: "bridge", up: true }));
  }

  /** A node, or an outside host if it has no blocks. */
  async addNode(node: FabricNode): Promise<void> {
    this.#create(node.name);
    this.#nodes.set(node.name, node);
    await this.#in("wire", async (wire) => {
      await wire.addVeth({ name: `p-${node.name}`, peerName: "eth0", peerNetns: this.netns(node.name), up: true });
      await wire.setLink(`p-${node.name}`, { master: "br0", up: true });
    });
    await this.#in(node.name, async (own) => {
      await own.setLink("eth0", { up: true });
      for (const address of node.addresses) await own.addAddress("eth0", address);
    });
    for (const other of this.#nodes.values()) {
      if (other.name === node.name) continue;
      await this.#routeBlocks(other, node);
      await this.#routeBlocks(node, other);
    }
  }

  async addWorkload(workload: FabricWorkload): Promise<void> {
    this.#create(workload.name);
    const netns = this.netns(workload.name);
    await this.#in(workload.node, (node) =>
      node.addVeth({
        name: workload.interfaceName,
        peerName: "eth0",
        peerNetns: netns,
        mac: HOST_MAC,
        peerMac: workload.mac,
        up: true,
      }),
    );
    await this.#in(workload.name, async (own) => {
      const { index } = (await own.link("eth0"))!;
      await own.setLink("eth0", { up: true });
      for (const address of workload.addresses) await own.addAddress("eth0", address);
      await own.replaceRoute({ dst: `${V4_GATEWAY}/32`, ifIndex: index });
      await own.replaceRoute({ dst: "0.0.0.0/0", gateway: V4_GATEWAY, ifIndex: index });
      const gateway = { ifIndex: index, mac: HOST_MAC, state: NUD_PERMANENT, flags: 0 };
      await own.replaceNeighbour({ ...gateway, address: V4_GATEWAY });
      await own.replaceNeighbour({ ...gateway, address: HOST_LINK_LOCAL });
      if (workload.addresses.some((address) => address.includes(":")))
        await own.replaceRoute({ dst: "::/0", gateway: HOST_LINK_LOCAL, ifIndex: index });
    });
  }

  async listen(name: string, specs: readonly string[]): Promise<void> {
    this.#listeners.push(await listen(this.netns(name), specs));
  }

  probe(from: string, options: ProbeOptions): Promise<ProbeResult> {
    return probe(this.netns(from), options);
  }

  destroy(): void {
    for (const listener of this.#listeners) listener.kill("SIGKILL");
    for (const name of this.#namespaces.toReversed()) deleteNetns(name);
  }

  async #routeBlocks(at: FabricNode, to: FabricNode): Promise<void> {
    await this.#in(at.name, async (rtnetlink) => {
      for (const dst of to.blocks) {
        const v6 = dst.includes(":");
        const gateway = to.addresses.find((address) => address.includes(":") === v6)!.split("/")[0]!;
        await rtnetlink.replaceRoute({ dst, gateway, protocol: 12 });
      }
    });
  }

  #create(name: string): void {
    const netns = this.netns(name);
    createNetns(netns);
    this.#namespaces.push(netns);
    // Duplicate detection would keep addresses from being used for a second.
    for (const scope of ["all", "default"]) writeSysctl(`net/ipv6/conf/${scope}/accept_dad`, 0, { netns });
    const rtnetlink = openRtnetlink({ netns });
    void rtnetlink.setLink("lo", { up: true }).finally(() => rtnetlink.close());
  }

  async #in<T>(name: string, run: (rtnetlink: ReturnType<typeof openRtnetlink>) => Promise<T>): Promise<T> {
    const rtnetlink = openRtnetlink({ netns: this.netns(name) });
    try {
      return await run(rtnetlink);
    } finally {
      rtnetlink.close();
    }
  }
}
