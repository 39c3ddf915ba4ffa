/** The policy engine: resources in, this node's state out (incrementally), and the evaluator that says which rule decides a packet. Pure. */
export * from "./model.ts";
export { CalcGraph } from "./graph/graph.ts";
export type { Problem } from "./graph/problems.ts";
export { DEFAULT_CONFIG } from "./compile/config.ts";
export type { Sha224 } from "./compile/rule.ts";
export { EVALUATED_KINDS } from "./evaluate/cluster.ts";
export { QueryError, compare, createEvaluator } from "./evaluate/evaluator.ts";
export type { Difference, Evaluator } from "./evaluate/evaluator.ts";
export type * from "./evaluate/query.ts";
export { UpdateError, applyUpdates, emptyState, evaluateState } from "./state.ts";
export type { NodeState } from "./state.ts";
export { Selection } from "./select/selection.ts";
export type { Selectable, SelectedTier, SelectingPolicy } from "./select/selection.ts";
export type { Member } from "./select/member.ts";
export { comparePolicies, compareTiers, missingTier, orderOf, tierInfo } from "./select/order.ts";
export type { PolicyPlace, TierInfo } from "./select/order.ts";
export { peerSelectors, subjectSelector } from "./select/selectors.ts";
