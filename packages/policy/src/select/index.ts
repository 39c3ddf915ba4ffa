/** Who is selected by what, and in which order policies are asked. */
export { comparePolicies, compareTiers, missingTier, orderOf, tierInfo } from "./order.ts";
export type { PolicyPlace, TierInfo } from "./order.ts";
export { Selection } from "./selection.ts";
export type { Selectable, SelectedTier, SelectingPolicy } from "./selection.ts";
export { peerSelectors, subjectSelector } from "./selectors.ts";
