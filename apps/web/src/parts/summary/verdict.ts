import type { ObjectRef } from "@percale/resources/catalog";
import type { Severity } from "../severity.tsx";
import { type NodeProgram, type ProgrammedOn, programmedWords } from "../../policy/programmed.ts";
import { SHADOWED_MEANS, shadowersOf } from "../../policy/shadow.ts";
import { counted } from "../../words/number.ts";

export interface Standing {
  /** That it selects. */
  readonly endpoints: number;
  readonly shadowedBy: readonly ObjectRef[] | undefined;
  /** Undefined where nobody reports. */
  readonly programmed: Pick<ProgrammedOn, "done" | "total" | "nodes"> | undefined;
}

export interface Verdict {
  readonly severity: Severity;
  readonly lead: string;
  readonly rest: string;
}

const SEVERITY: Readonly<Record<NodeProgram["state"], Severity>> = {
  refused: "critical",
  waiting: "warning",
  unheard: "unknown",
  programmed: "ok",
};

/** How a policy stands, in a sentence: what does not hold of it comes before what does. */
export function policyVerdict({ endpoints, shadowedBy, programmed }: Standing): Verdict {
  const behind = programmed?.nodes.filter(({ state }) => state !== "programmed") ?? [];
  if (endpoints === 0)
    return { severity: "warning", lead: "Matches nothing", rest: "No endpoint is selected, so it decides nothing." };
  if (programmed !== undefined && behind.length > 0)
    return {
      severity: SEVERITY[behind[0]!.state], // the worst comes first
      lead: `${programmedWords(programmed)} nodes`,
      rest: [...Map.groupBy(behind, ({ why }) => why)]
        .map(([why, nodes]) => `${nodes.map(({ node }) => node).join(", ")}: ${why}`)
        .join(" · "),
    };
  if (shadowedBy !== undefined)
    return {
      severity: "warning",
      lead: `Decides nothing: ${shadowersOf(shadowedBy)} decides before it`,
      rest: SHADOWED_MEANS,
    };
  return {
    severity: programmed === undefined ? "unknown" : "ok",
    lead: `In force on ${counted(endpoints, "endpoint")}`,
    rest: programmed === undefined ? "No node reports whether it is programmed." : `${programmedWords(programmed)}.`,
  };
}
