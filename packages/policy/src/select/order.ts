import { compareBytes } from "@percale/selector";
import type { PolicyHead } from "./policy.ts";

export interface TierInfo {
  readonly name: string;
  /** Absent is +∞. */
  readonly order: number;
  readonly defaultAction: "Deny" | "Pass";
  /** False: only policies speak of it. It sorts after all that exist and denies. */
  readonly exists: boolean;
}

export function missingTier(name: string): TierInfo {
  return { name, order: Infinity, defaultAction: "Deny", exists: false };
}

/** Evaluation order of tiers. */
export function compareTiers(a: TierInfo, b: TierInfo): number {
  if (a.exists !== b.exists) return a.exists ? -1 : 1;
  return compareOrder(a.order, b.order) || compareBytes(a.name, b.name);
}

/** What of a policy decides its place in its tier. */
export type PolicyPlace = Pick<PolicyHead, "order" | "name" | "namespace" | "kind">;

/** Evaluation order of two policies of one tier. */
export function comparePolicies(a: PolicyPlace, b: PolicyPlace): number {
  return compareOrder(a.order, b.order) || compareBytes(tieBreak(a), tieBreak(b));
}

function tieBreak({ name, namespace = "", kind }: PolicyPlace): string {
  return `${name}/${namespace}/${kind}`;
}

/** Infinity minus itself is not a number, so no subtraction here. */
function compareOrder(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function tierInfo(
  name: string,
  spec: { readonly order?: number | undefined; readonly defaultAction?: string | undefined },
): TierInfo {
  return {
    name,
    order: orderOf(spec),
    defaultAction: spec.defaultAction === "Pass" ? "Pass" : "Deny",
    exists: true,
  };
}

/** Absent, or no number, is last. */
export function orderOf({ order }: { readonly order?: unknown }): number {
  return typeof order === "number" && !Number.isNaN(order) ? order : Infinity;
}
