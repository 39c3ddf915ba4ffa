/** What a page and the worker that judges its drafts say to each other. */
import type { ObjectChange } from "@percale/policy";
import { Profile, WorkloadEndpoint } from "@percale/resources/catalog";
import type { Scope } from "../policy/selection.ts";

/** What is live and decides who is selected: whoever asks keeps the judge told of these. */
export const JUDGED_KINDS: readonly string[] = [WorkloadEndpoint.kind, Profile.kind];

/** Whom does this text select where it stands? */
export interface Question {
  readonly selector: string;
  readonly scope: Scope;
}

export type Answer =
  /** Not all that is live is known yet. */
  | { readonly said: "waiting" }
  | {
      readonly said: "matches";
      readonly count: number;
      readonly namespaces: number;
      /** Of the first of them. */
      readonly names: readonly string[];
    }
  /** The text is no selector, and why. */
  | { readonly said: "wrong"; readonly message: string }
  /** Nobody could judge, and why, in words for people. */
  | { readonly said: "failed"; readonly message: string };

/** What changed of a kind since the last one; the first one of a kind is everything. */
export interface Feed {
  readonly kind: string;
  readonly changes: readonly ObjectChange[];
}

/** To the judge: what changed, then questions by who asks. */
export interface Told {
  readonly feeds: readonly Feed[];
  readonly questions: readonly (readonly [asker: number, question: Question])[];
}

export type Said = readonly (readonly [asker: number, answer: Answer])[];
