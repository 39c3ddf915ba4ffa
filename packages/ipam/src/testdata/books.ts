import type { Change } from "@percale/protocol";
import { API_VERSION, refOf, StatusError } from "@percale/resources";
import type { KubeObject, Lookup } from "@percale/resources";
import type { CheckContext } from "@percale/store";
import { MemoryStore } from "@percale/store/memory";
import type { BlockAffinity, IPAMBlock, IpamChange, IpamConfig, IPAMHandle, IpamHashes, IpamState, IPPoolObject, PoolSpec } from "../model.ts";
import { DEFAULT_IPAM_CONFIG } from "../model.ts";

/** Short stand-ins: names and labels only need to differ. */
export const testHashes: IpamHashes = {
  sha256Hex: (text) => (text.length * 2654435761).toString(16).padStart(64, "0"),
  sha3Base32: (text) => text.toUpperCase(),
};

export function pool(name: string, spec: PoolSpec): IPPoolObject {
  return { apiVersion: "projectcalico.org/v3", kind: "IPPool", metadata: { name }, spec };
}

/** What a refused write is refused for, in a race. */
const LOST: ReadonlySet<string> = new Set(["AlreadyExists", "NotFound", "Conflict"]);

/** IPAM's books in a store, with all that decides about them. */
export class Books {
  readonly #store = new MemoryStore();
  readonly nodes: readonly string[];
  nowMs = Date.UTC(2026, 0, 1);
  reservations: string[] = [];
  #config = DEFAULT_IPAM_CONFIG;

  constructor(pools: readonly IPPoolObject[], nodes: readonly string[]) {
    this.nodes = nodes;
    const nodeObjects = nodes.map((name) => ({ apiVersion: API_VERSION, kind: "Node", metadata: { name, labels: { name } }, spec: {} }));
    this.put(...nodeObjects, ...pools);
    this.config = DEFAULT_IPAM_CONFIG;
  }

  get objects(): Lookup {
    return this.#store.objects;
  }

  get config(): IpamConfig {
    return this.#config;
  }

  set config(config: IpamConfig) {
    this.#config = config;
    this.put({ apiVersion: API_VERSION, kind: "IPAMConfiguration", metadata: { name: "default" }, spec: config });
  }

  /** Whatever was there. */
  put(...objects: readonly KubeObject[]): void {
    const changes = objects.map((object): Change => {
      const { resourceVersion } = this.objects.get(refOf(object))?.metadata ?? {};
      if (resourceVersion === undefined) return { op: "create", object };
      return { op: "update", object: { ...object, metadata: { ...object.metadata, resourceVersion } } };
    });
    this.#store.commit({ author: "test", changes });
  }

  read(): IpamState {
    const { objects } = this.#store;
    return {
      pools: objects.list("IPPool") as IPPoolObject[],
      blocks: objects.list("IPAMBlock") as IPAMBlock[],
      affinities: objects.list("BlockAffinity") as BlockAffinity[],
      handles: objects.list("IPAMHandle") as IPAMHandle[],
      reservations: this.reservations,
      config: this.config,
      nodeLabels: new Map(this.nodes.map((name) => [name, { name }])),
      namespaceLabels: new Map(),
      nowMs: this.nowMs,
    };
  }

  /** False, and nothing written, if any precondition fails. */
  apply(changes: readonly IpamChange[]): boolean {
    try {
      this.#store.commit({ author: "test", changes });
      return true;
    } catch (error) {
      if (error instanceof StatusError && LOST.has(error.reason)) return false;
      throw error;
    }
  }

  /** Shows every change as the store would judge it, and writes none. */
  rehearse(changes: readonly IpamChange[], look: (context: CheckContext) => void): void {
    this.#store.commit({ author: "test", dryRun: true, changes }, { check: look });
  }
}
