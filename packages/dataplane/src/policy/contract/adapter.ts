import type { NodeState, Rule } from "@percale/policy";
import type { PolicyDriver } from "../driver.ts";

/** What the contract suite must be told of a driver: how to open it, to look into its half of the kernel, and to meddle with that. */
export interface DriverAdapter {
  readonly open: (options: {
    readonly state: NodeState;
    readonly netns: string;
    /** Somebody else changed what the driver keeps. */
    readonly onForeign?: () => void;
  }) => PolicyDriver;
  /** All that decides, without handles and counts: of two namespaces that enforce the same, both are equal. */
  readonly read: (netns: string) => object;
  /** Leaves nothing of anybody's. */
  readonly wipe: (netns: string) => void;
  /** What somebody else could do to the kernel as it is just then, one of each sort for each object. Not all of them change anything. */
  readonly deeds: (netns: string) => readonly (() => void)[];
  /** Allows something, and no kernel takes it. */
  readonly refusedRule: Rule;
}
