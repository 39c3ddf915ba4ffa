import type { Change } from "@percale/protocol";
import type { KubeStatus } from "@percale/resources";
import type { Body } from "../bodies/body.ts";
import type { ThreadFailure } from "../thread-failure.ts";
import type { Prepared, Question } from "./prepare.ts";
import type { ProposedSet } from "./proposal.ts";

/** What the thread does for the process, and what goes in and out. Objects travel as JSON, which is cheaper than a copy of the value. */
export interface LargeTasks {
  readonly prepare: {
    readonly asked: { readonly question: Omit<Question, "old">; readonly old?: string };
    readonly told: Omit<Prepared, "change"> & {
      readonly object: string;
      /** The change without it. */
      readonly around: Omit<Exclude<Change, { op: "delete" }>, "object">;
    };
  };
  /** The objects of a set stay JSON. */
  readonly split: { readonly asked: { readonly body: Body }; readonly told: ProposedSet };
  /** Refused or not. */
  readonly weigh: { readonly asked: { readonly bytes: Uint8Array }; readonly told: undefined };
}

export type LargeTask = keyof LargeTasks;

export type Asked = { [K in LargeTask]: { readonly task: K } & LargeTasks[K]["asked"] }[LargeTask];

/** A Status is the client's fault, a failure ours; either is of this one task alone. */
export type Answer =
  | { readonly told: LargeTasks[LargeTask]["told"] }
  | { readonly status: KubeStatus }
  | { readonly failure: ThreadFailure };
