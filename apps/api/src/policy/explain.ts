import type { Evaluator, Query, ResolvedPeer } from "@percale/policy";
import type { ExplainView, PartyView } from "../trpc/views.ts";
import { calledBy } from "../lists/endpoint-entry.ts";
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
  return explainView({ from, to }, query, evaluator);
}

function explainView(
  asked: { from: string; to: string },
  query: Query,
  evaluator: Evaluator,
): Omit<ExplainView, "revision"> {
  const told = evaluator.explain(query);
  const { protocol, port } = query;
  const party = (text: string, peer: ResolvedPeer): PartyView => ({
    ...partyView(text, peer),
    ...(peer.kind === "workload" && { called: calledBy(evaluator, peer.name) }),
  });
  const egress = decisionView("egress", told.egress, told);
  const ingress = decisionView("ingress", told.ingress, told);
  return {
    verdict: told.verdict,
    from: party(asked.from, told.from),
    to: party(asked.to, told.to),
    protocol: String(protocol),
    ...(port !== undefined && { port }),
    decidedBy: told.decision.direction === "egress" ? egress : ingress,
    egress,
    ingress,
  };
}
