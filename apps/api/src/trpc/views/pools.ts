export interface PoolUsageView {
  readonly name: string;
  readonly cidr: string;
  /** Addresses; beyond 2^53 not exact. */
  readonly size: number;
  readonly used: number;
  readonly blocks: readonly BlockView[];
}

export interface BlockView {
  readonly cidr: string;
  /** Undefined: nobody allocates from it. */
  readonly node?: string;
  readonly used: number;
  readonly size: number;
  /** By ordinal, only those taken. */
  readonly owners: readonly {
    readonly ordinal: number;
    readonly owner: string;
    readonly handle?: string;
    /** The node that has it, where the block is not its own. */
    readonly borrower?: string;
  }[];
}
