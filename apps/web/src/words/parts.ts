import { definitionOf } from "./kinds.ts";

/** What a page knows by each question to the server, in words that go on with "could not be loaded". */
const WORDS: Readonly<Record<string, string>> = {
  "access.list": "tokens",
  "bgp.counts": "how many BGP sessions stand",
  "bgp.sessions": "BGP sessions",
  changes: "changes",
  "changes.list": "changes",
  "changes.sets": "changes",
  "changes.set": "the change set",
  "changes.effects": "what changes did",
  "health.conditions": "conditions",
  "health.history": "when conditions held",
  "lab.matrix": "what the lab measures",
  "lab.probes": "what the lab measures",
  "lists.endpoint": "the endpoint",
  "lists.endpoints": "endpoints",
  "lists.objects": "objects",
  "lists.search": "what is found",
  "nodes.status": "what agents report",
  "objects.history": "the history",
  "overview.summary": "the newest revision",
  "policy.coverage": "which policies are in force where",
  "policy.effective": "which policies are in force on the endpoint",
  "policy.explain": "the answer of the evaluator",
  "policy.impact": "the impact",
  "policy.matrix": "what the evaluator predicts",
  "policy.profileUse": "how many endpoints have each profile",
  "policy.shadows": "which policies others leave nothing to",
  "policy.setUse": "which rules select which sets",
  "policy.protection": "how endpoints are protected",
  "pools.usage": "use of IP pools",
  "session.whoami": "who is signed in",
};

/** Of a query by its key: `[["policy", "coverage"], …]` of the API's questions, `["collection", kind]` of lists that the feed keeps. */
export function partOf([path, kind]: readonly unknown[]): string {
  if (!Array.isArray(path)) return definitionOf(String(kind))?.words.many ?? "a part of this page";
  return WORDS[path.join(".")] ?? "a part of this page";
}
