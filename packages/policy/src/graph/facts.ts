import { FelixConfiguration, IPPool } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { configLayer, resolveConfig } from "../compile/config.ts";
import type { ConfigLayer } from "../compile/config.ts";
import { nodeAddresses, poolInfo } from "../compile/node.ts";
import type { DataplaneConfig, NodeUpdate, PoolInfo } from "../model.ts";

/** What a node needs to know besides policy: its settings, all pools, all nodes' addresses. */
export class NodeFacts {
  readonly #node: string;
  readonly #layers = new Map<string, ConfigLayer>();
  readonly #nodes = new Map<string, KubeObject>();
  readonly #pools = new Map<string, PoolInfo>();
  readonly #sentPools = new Map<string, PoolInfo>();
  #sentConfig: string | undefined;
  #sentHosts = "";
  #isDirty = true;

  constructor(node: string) {
    this.#node = node;
  }

  get isEmpty(): boolean {
    return this.#layers.size + this.#nodes.size + this.#pools.size + this.#sentPools.size === 0;
  }

  get config(): DataplaneConfig {
    const labels = this.#nodes.get(this.#node)?.metadata.labels ?? {};
    return resolveConfig(this.#layers.values(), { name: this.#node, labels });
  }

  /** Throws SelectorError or InvalidObject. */
  put(object: KubeObject): void {
    const { name } = object.metadata;
    if (object.kind === FelixConfiguration.kind) this.#layers.set(name, configLayer(object));
    else if (object.kind === IPPool.kind) this.#pools.set(name, poolInfo(object));
    else this.#nodes.set(name, object);
    this.#isDirty = true;
  }

  remove(kind: string, name: string): void {
    const map = kind === FelixConfiguration.kind ? this.#layers : kind === IPPool.kind ? this.#pools : this.#nodes;
    if (map.delete(name)) this.#isDirty = true;
  }

  /** The first flush always tells the configuration. */
  flush(): { readonly config: readonly NodeUpdate[]; readonly rest: readonly NodeUpdate[] } {
    if (!this.#isDirty) return { config: [], rest: [] };
    this.#isDirty = false;
    return { config: this.#configUpdate(), rest: [...this.#poolUpdates(), ...this.#hostsUpdate()] };
  }

  #configUpdate(): readonly NodeUpdate[] {
    const { config } = this;
    const text = JSON.stringify(config);
    if (text === this.#sentConfig) return [];
    this.#sentConfig = text;
    return [{ t: "config", config }];
  }

  /** By CIDR: should two pools claim one, the first by name speaks for it. */
  #poolUpdates(): readonly NodeUpdate[] {
    const updates: NodeUpdate[] = [];
    const wanted = new Map<string, PoolInfo>();
    for (const [, pool] of [...this.#pools].sort(([a], [b]) => (a < b ? -1 : 1)))
      if (!wanted.has(pool.cidr)) wanted.set(pool.cidr, pool);
    for (const cidr of this.#sentPools.keys())
      if (!wanted.has(cidr)) {
        this.#sentPools.delete(cidr);
        updates.push({ t: "poolRemoved", cidr });
      }
    for (const [cidr, pool] of wanted) {
      const sent = this.#sentPools.get(cidr);
      if (sent?.natOutgoing === pool.natOutgoing && sent.loadBalancerOnly === pool.loadBalancerOnly) continue;
      this.#sentPools.set(cidr, pool);
      updates.push({ t: "pool", pool });
    }
    return updates;
  }

  #hostsUpdate(): readonly NodeUpdate[] {
    const addresses = [...new Set([...this.#nodes.values()].flatMap(nodeAddresses))].sort();
    const text = addresses.join();
    if (text === this.#sentHosts) return [];
    this.#sentHosts = text;
    return [{ t: "hosts", addresses }];
  }
}
