import type { ImpactView } from "@percale/api";

export interface ImpactSum {
  readonly denied: number;
  readonly allowed: number;
  /** Same verdict, but another rule gives it. */
  readonly otherRule: number;
}

export type ImpactAnswer = Omit<ImpactView, "revision">;

/** Those that the answer had no room for count too. */
export function sumImpact({
  changes,
  more = { denied: 0, allowed: 0 },
}: Pick<ImpactAnswer, "changes" | "more">): ImpactSum {
  const turned = changes.filter(({ before, after }) => before.verdict !== after.verdict);
  const denied = turned.filter(({ after }) => after.verdict === "deny").length;
  return {
    denied: denied + more.denied,
    allowed: turned.length - denied + more.allowed,
    otherRule: changes.length - turned.length,
  };
}
