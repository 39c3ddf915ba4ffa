/**
 * The policy engine: resources in, this node's state out (incrementally), and the evaluator that says which rule decides a packet. Pure.
 *
 *     const graph = new CalcGraph({ node: "n1", sha224: () => new Uint8Array(28) });
 *     const spec = { node: "n1", interfaceName: "cali1", ipNetworks: ["10.0.0.1/32"], profiles: [] };
 *     graph.put({ apiVersion: API_VERSION, kind: "WorkloadEndpoint", metadata: { namespace: "shop", name: "cart" }, spec });
 *     const state = emptyState();
 *     applyUpdates(state, graph.flush());
 *     const packet = { ipVersion: 4, protocol: 6, source: "10.0.0.2", destination: "10.0.0.1", destinationPort: 80 };
 *     evaluateState(state, { endpoint: "WorkloadEndpoint/shop/cart", direction: "ingress", packet }); // → "deny"
 */
export * from "./model.ts";
export * from "./stages.ts";
export { CalcGraph } from "./graph/graph.ts";
export type { Problem } from "./graph/problems.ts";
export { formatName, refOfPolicy, refOfProfile } from "./refs.ts";
export { DEFAULT_CONFIG, HOST_VERDICTS } from "./compile/config.ts";
export type { Sha224 } from "./compile/rule.ts";
export { QueryError, compare, createEvaluator } from "./evaluate/evaluator.ts";
export type { Difference, Evaluator } from "./evaluate/evaluator.ts";
export { NOTHING_COVERED } from "./evaluate/coverage.ts";
export type { Counting, Coverage, Covered, Tally } from "./evaluate/coverage.ts";
export type { Shadowing, Shadows } from "./evaluate/shadows.ts";
export type { End, Exception, Protection, Reach } from "./evaluate/protection.ts";
export type * from "./evaluate/query.ts";
export { emptyState, ownersByInterface, take, wholeOf } from "./state/state.ts";
export type { AddressSet, NodeState, StateChange } from "./state/state.ts";
export { Members } from "./state/members.ts";
export { applyUpdates } from "./state/promises.ts";
export { evaluateState } from "./state/evaluate.ts";
export type { StateVerdict } from "./state/evaluate.ts";
export type { Member } from "./select/member.ts";
export type { ObjectChange, ObjectVersions } from "./versions/object-versions.ts";
export { comparePolicies, compareTiers, missingTier, orderOf, tierInfo } from "./select/order.ts";
export type { PolicyPlace, TierInfo } from "./select/order.ts";
export { Selection } from "./select/selection.ts";
export type { Selectable, SelectedTier, SelectingPolicy } from "./select/selection.ts";
export { peerSelectors, subjectSelector } from "./select/selectors.ts";
export { peerText, subjectText } from "./select/selector-text.ts";
