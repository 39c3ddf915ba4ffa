/** The links that are workloads', by index: names change, an index does not. */
export interface WorkloadLinks {
  /** All that bear or bore a workload's name. */
  readonly workloads: ReadonlySet<number>;
  /** Those of each endpoint, by its interface name. */
  readonly byInterface: ReadonlyMap<string, readonly number[]>;
}

export const NO_LINKS: WorkloadLinks = { workloads: new Set(), byInterface: new Map() };

/** What a driver's tables in the kernel say of links; all that is known of them before the first state. */
export interface DispatchedLinks {
  /** Link → interface name of the endpoint whose policy its packets go by. */
  readonly dispatch: ReadonlyMap<number, string>;
  /** Links that are denied without one. */
  readonly workloads: ReadonlySet<number>;
}

export const NO_DISPATCH: DispatchedLinks = { dispatch: new Map(), workloads: new Set() };
