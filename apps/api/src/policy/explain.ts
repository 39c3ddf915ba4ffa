import type { Evaluator, Explanation, Query } from "@percale/policy";
import type { ExplainView } from "../trpc/views.ts";
import { decisionView, partyView } from "./decision-text.ts";
import { peerOf } from "./peer.ts";
import type { Questions } from "./questions.ts";

/** Throws StatusError 400 for names that nobody has, QueryError for protocols that are none. */
export function explain(
  evaluator: Evaluator,
  { from, to, protocol, port, ipVersion }: Questions["explain"],
): Omit<ExplainView, "revision"> {
  const query: Query = {
    from: peerOf(from, evaluator),
    to: peerOf(to, evaluator),
    protocol, // the evaluator refuses names it does not know
    ...(port !== undefined && { port }),
    ...(ipVersion !== undefined && { ipVersion }),
  };
  return explainView({ from, to }, query, evaluator.explain(query));
}

function explainView(
  asked: { from: string; to: string },
  { protocol, port }: Query,
  told: Explanation,
): Omit<ExplainView, "revision"> {
  const egress = decisionView("egress", told.egress, told);
  const ingress = decisionView("ingress", told.ingress, told);
  return {
    verdict: told.verdict,
    from: partyView(asked.from, told.from),
    to: partyView(asked.to, told.to),
    protocol: String(protocol),
    ...(port !== undefined && { port }),
    decidedBy: told.decision.direction === "egress" ? egress : ingress,
    egress,
    ingress,
  };
}
