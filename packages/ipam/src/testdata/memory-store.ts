import { formatRef, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { BlockAffinity, IPAMBlock, IpamChange, IPAMHandle, IpamHashes, IpamState, IPPoolObject, PoolSpec } from "../model.ts";
import { DEFAULT_IPAM_CONFIG } from "../model.ts";

/** Short stand-ins: names and labels only need to differ. */
export const testHashes: IpamHashes = {
  sha256Hex: (text) => (text.length * 2654435761).toString(16).padStart(64, "0"),
  sha3Base32: (text) => text.toUpperCase(),
};

export function pool(name: string, spec: PoolSpec): IPPoolObject {
  return { apiVersion: "projectcalico.org/v3", kind: "IPPool", metadata: { name }, spec };
}

/** Objects with compare-and-swap per object and all-or-nothing change sets: what a real store promises. */
export class MemoryStore {
  readonly objects = new Map<string, KubeObject>();
  readonly nodes: string[];
  readonly pools: readonly IPPoolObject[];
  nowMs = Date.UTC(2026, 0, 1);
  config = DEFAULT_IPAM_CONFIG;
  reservations: string[] = [];
  #revision = 0;

  constructor(pools: readonly IPPoolObject[], nodes: string[]) {
    this.pools = pools;
    this.nodes = nodes;
  }

  read(): IpamState {
    const all = [...this.objects.values()];
    return {
      pools: this.pools,
      blocks: all.filter(({ kind }) => kind === "IPAMBlock") as IPAMBlock[],
      affinities: all.filter(({ kind }) => kind === "BlockAffinity") as BlockAffinity[],
      handles: all.filter(({ kind }) => kind === "IPAMHandle") as IPAMHandle[],
      reservations: this.reservations,
      config: this.config,
      nodeLabels: new Map(this.nodes.map((name) => [name, { name }])),
      namespaceLabels: new Map(),
      nowMs: this.nowMs,
    };
  }

  /** False, and nothing written, if any precondition fails. */
  apply(changes: readonly IpamChange[]): boolean {
    for (const change of changes) {
      const ref = formatRef(change.op === "delete" ? change.ref : refOf(change.object));
      const stored = this.objects.get(ref);
      if (change.op === "create" ? stored !== undefined : stored === undefined) return false;
      const expected = change.op === "delete" ? change.resourceVersion : change.object.metadata.resourceVersion;
      if (change.op !== "create" && expected !== stored?.metadata.resourceVersion) return false;
    }
    for (const change of changes) {
      const resourceVersion = String(++this.#revision);
      if (change.op === "delete") this.objects.delete(formatRef(change.ref));
      else {
        const object = structuredClone(change.object);
        this.objects.set(formatRef(refOf(object)), { ...object, metadata: { ...object.metadata, resourceVersion } });
      }
    }
    return true;
  }
}
