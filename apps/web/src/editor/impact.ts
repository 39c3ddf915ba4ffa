import type { ImpactChange } from "@percale/api";

export interface ImpactSum {
  readonly denied: number;
  readonly allowed: number;
  /** Same verdict, but another rule gives it. */
  readonly otherRule: number;
}

export function sumImpact(changes: readonly Pick<ImpactChange, "before" | "after">[]): ImpactSum {
  const turned = changes.filter(({ before, after }) => before.verdict !== after.verdict);
  const denied = turned.filter(({ after }) => after.verdict === "deny").length;
  return { denied, allowed: turned.length - denied, otherRule: changes.length - turned.length };
}
