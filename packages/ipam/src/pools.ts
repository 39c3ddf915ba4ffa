import { parseCidr } from "@percale/net";
import type { Cidr } from "@percale/net";
import { matches, parseSelector } from "@percale/selector";
import type { IntendedUse, IpamState, IPPoolObject } from "./model.ts";

export interface Pool {
  readonly name: string;
  readonly cidr: Cidr;
  readonly blockSize: number;
  readonly uses: readonly IntendedUse[];
  readonly object: IPPoolObject;
}

export interface PoolRequest {
  readonly family: 4 | 6;
  readonly node: string;
  readonly namespace?: string | undefined;
  readonly use: IntendedUse;
  /** CIDRs or names; absent or empty: whatever selects the node and namespace. */
  readonly pools?: readonly string[] | undefined;
}

export type PoolChoice =
  | { readonly kind: "pools"; readonly pools: readonly Pool[] }
  | { readonly kind: "none"; readonly message: string };

const DEFAULT_USES: readonly IntendedUse[] = ["Workload", "Tunnel"];

/** Every pool, whether it may be used or not, in name order. */
export function allPools(state: IpamState): Pool[] {
  return state.pools.map(poolOf).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function poolOf(object: IPPoolObject): Pool {
  const { cidr: text, blockSize, allowedUses } = object.spec;
  const cidr = parseCidr(text);
  const size = blockSize === undefined || blockSize === 0 ? (cidr.family === 4 ? 26 : 122) : blockSize;
  return { name: object.metadata.name, cidr, blockSize: size, uses: allowedUses ?? DEFAULT_USES, object };
}

/** Pools that hand out new addresses at all. */
export function enabledPools(state: IpamState): Pool[] {
  return allPools(state).filter(
    ({ object: { metadata, spec, status } }) =>
      metadata.deletionTimestamp === undefined &&
      spec.disabled !== true &&
      !status?.conditions?.some(({ type, status }) => type === "Allocatable" && status === "False"),
  );
}

/** The pools that a request may draw from, in the order in which they are used up. */
export function poolsFor(state: IpamState, request: PoolRequest): PoolChoice {
  const enabled = enabledPools(state).filter(({ cidr }) => cidr.family === request.family);
  const wanted = request.pools ?? [];
  const chosen: Pool[] = [];
  for (const text of wanted) {
    const pool = enabled.find(({ name, object }) => name === text || object.spec.cidr === text);
    if (pool === undefined)
      return {
        kind: "none",
        message: `the given pool (${text}) does not exist, or is not enabled for IPv${request.family}`,
      };
    chosen.push(pool);
  }
  if (wanted.length === 0) {
    chosen.push(
      ...enabled.filter(
        (pool) =>
          isAutomatic(pool) &&
          selectsNode(pool, state, request.node) &&
          selectsNamespace(pool, state, request.namespace),
      ),
    );
    if (chosen.length === 0)
      return {
        kind: "none",
        message: `no configured IPv${request.family} pool selects node ${request.node}${request.namespace === undefined ? "" : ` and namespace ${request.namespace}`}`,
      };
  }
  const usable = chosen.filter(({ uses }) => uses.includes(request.use));
  return usable.length > 0
    ? { kind: "pools", pools: usable }
    : { kind: "none", message: `cannot find a qualified ippool, no pools match the required use (${request.use})` };
}

export function selectsNode(pool: Pool, state: IpamState, node: string): boolean {
  return selects(pool.object.spec.nodeSelector, state.nodeLabels.get(node));
}

function isAutomatic(pool: Pool): boolean {
  return pool.object.spec.assignmentMode !== "Manual";
}

function selectsNamespace(pool: Pool, state: IpamState, namespace: string | undefined): boolean {
  const labels = namespace === undefined ? undefined : state.namespaceLabels.get(namespace);
  return selects(pool.object.spec.namespaceSelector, labels);
}

export function selects(selector: string | undefined, labels: Readonly<Record<string, string>> = {}): boolean {
  return selector === undefined || selector === "" || matches(parseSelector(selector), new Map(Object.entries(labels)));
}
