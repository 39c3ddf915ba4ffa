import type { ObjectRef } from "@percale/resources";
import type { Listed } from "./lists.ts";

/** A policy among others. */
export interface PolicyCardView {
  readonly ref: ObjectRef;
  readonly tier: string;
  /** Absent: after all that have one. */
  readonly order?: number;
  /** In evaluation order, over all tiers, from 1. */
  readonly place: number;
  readonly ingress: boolean;
  readonly egress: boolean;
  /** Of the directions that it governs. */
  readonly rules: number;
  /** All that it says is that others decide. */
  readonly onlyPasses?: true;
  /** Written through Kubernetes' own API. */
  readonly fromKubernetes?: true;
  /** Whom it is about, as written; "" is everybody. */
  readonly selector: string;
  readonly createdAt?: string;
  readonly resourceVersion?: string;
  /** The filter does not let it through. */
  readonly isFaded?: true;
}

/** Tiers in evaluation order. */
export interface BoardView {
  readonly tiers: readonly BoardTier[];
  /** How many policies there are behind the filter, and without it. */
  readonly matched: number;
  readonly total: number;
  readonly revision: number;
}

export interface BoardTier {
  readonly name: string;
  /** Absent: after all that have one. */
  readonly order?: number;
  readonly defaultAction: "Deny" | "Pass";
  /** False: policies name it but nobody made it. */
  readonly exists: boolean;
  readonly total: number;
  /** Of its policies in their order: those asked for, from this index on. */
  readonly at: number;
  readonly cards: readonly PolicyCardView[];
}

export interface PolicyListView extends Listed<PolicyCardView> {
  /** With two filters: how many there would be without each. */
  readonly without?: { readonly q: number; readonly ns: number };
}

export interface OrderedPolicy {
  readonly ref: ObjectRef;
  readonly tier: string;
  readonly order?: number;
}

export interface TierOrderView {
  readonly policies: readonly OrderedPolicy[];
  readonly revision: number;
}
