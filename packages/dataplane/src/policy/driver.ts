import type { NodeState, StateChange } from "@percale/policy";
import type { ConditionKind } from "@percale/protocol";
import type { ObjectRef } from "@percale/resources";
import type { DispatchedLinks, WorkloadLinks } from "../links/known.ts";

export interface DriverOptions {
  /** What is in it already counts as noted. */
  readonly state: NodeState;
  readonly netns?: string | undefined;
  /** Keep others from changing what the driver keeps in the kernel, where that can be done. */
  readonly own?: boolean | undefined;
  /** Somebody else changed it: `resync` is due. Says who, in words. */
  readonly onForeign?: (why: string) => void;
}

/**
 * What makes a kernel enforce policy, NAT of outgoing packets included. It is made over a node's state, which it reads and never
 * changes, and keeps beside it only what is dirty and what its half of the kernel looks like. `contract/` holds every driver to this.
 *
 * One call at a time; between the call and what it resolves to the state stands still.
 *
 *     start    failClosed → dispatched → follow → failClosed      nothing that an earlier run left is loosened
 *     a pass   note* → follow? → commit, or resync where somebody else may have changed the kernel
 */
export interface PolicyDriver {
  readonly words: DriverWords;
  /** The state has changed; nothing reaches the kernel before `commit`. Never throws. */
  note(change: StateChange): void;
  /** Which links are whose from now on. */
  follow(links: WorkloadLinks): void;
  /** Puts dispatch that denies in place where there is none. What an earlier run left stays as it is until the first commit. */
  failClosed(): Promise<void>;
  /**
   * Makes the kernel agree, in one step that is done wholly or not at all. A rule that it will not take is its owner's fault: that
   * object denies what it would have allowed, the rest goes in. Throws DriverRefusedError if nothing can.
   */
  commit(): Promise<CommitReport>;
  /** Compares all that decides with what should be, repairs the difference, tries again what was refused. Throws as `commit`. */
  resync(): Promise<{ readonly report: CommitReport; readonly drift: Drift }>;
  /** The kernel may differ from what is remembered: the next commit looks first. */
  forget(): void;
  /** What is not in force as it says, as things are now. */
  refusals(): readonly Refusal[];
  /** What an earlier run, or this one, left in the kernel about links. */
  dispatched(): Promise<DispatchedLinks>;
  /** Takes all that is ours out of the kernel. */
  remove(): Promise<void>;
  /** Lets go of sockets; the kernel keeps enforcing. */
  close(): void;
}

export interface CommitReport {
  /** To the kernel; 0 if it agreed already. */
  readonly messages: number;
  readonly bytes: number;
  /** Refused in this commit. */
  readonly refused: readonly Refusal[];
}

export const NOTHING_SENT: CommitReport = { messages: 0, bytes: 0, refused: [] };

/** An object of which something is not in force. */
export interface Refusal {
  readonly ref: ObjectRef;
  /** By the kernel, whose words `detail` has; or `unsupported`: by the driver, which cannot do it yet. */
  readonly kind: "refused" | "unsupported";
  readonly detail: string;
}

/** What was found different. */
export interface Drift {
  /** Objects that were missing, foreign or different. */
  readonly total: number;
  /** The first few, in words. */
  readonly text: string;
}

/** How a driver's troubles are told. */
export interface DriverWords {
  /** What it keeps, for logs: "the nftables tables". */
  readonly keeps: string;
  readonly batchRefused: ConditionKind<object>;
  readonly refused: ConditionKind<{ readonly object: string }>;
  readonly unsupported: ConditionKind<{ readonly object: string }>;
}

/** The kernel takes nothing that would make it agree. */
export class DriverRefusedError extends Error {
  override readonly name = "DriverRefusedError";
}
