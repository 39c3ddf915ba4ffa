/**
 * What pages of the dashboard know of kinds: the face of this package for whoever shows objects and does not check them. Nothing here
 * reaches a schema, so a browser loads no validator before somebody edits.
 *
 *     definitionOf("IPPool")?.plural; // → "ippools"
 *
 * `catalog.json` is the data of the declarations (`npm run docs` writes it, `catalog.test.ts` holds it to them); types come from them.
 */
import facts from "./catalog.json" with { type: "json" };
import type * as declared from "./index.ts";
import { askKinds, wholeFacts } from "./kind.ts";
import type { BriefFacts, Kind } from "./kind.ts";

export const kinds = (facts as unknown as readonly BriefFacts[]).map(wholeFacts); // what JSON has of them, as `catalog.test.ts` compares
export const { definitionOf, definitionByPlural, kindsWhere, twinOf } = askKinds(kinds);

/** Each with the types that its declaration gives it. */
type Facts = {
  readonly [K in keyof typeof declared]: (typeof declared)[K] extends Kind<infer S, infer T, infer I>
    ? Kind<S, T, I>
    : never;
};
const byName = Object.fromEntries(kinds.map((one) => [one.kind, one])) as Facts; // none but declared kinds is in the data

export const {
  BGPConfiguration,
  BGPPeer,
  GlobalNetworkPolicy,
  GlobalNetworkSet,
  IPAMHandle,
  IPPool,
  Namespace,
  NetworkPolicy,
  NetworkSet,
  Node,
  Profile,
  Tier,
  WorkloadEndpoint,
} = byName;

export { brief } from "./brief.ts";
export { ownForm, servedForm } from "./served.ts";
export * from "./object.ts";
export type { Column } from "./columns.ts";
export { objectAfter } from "./consequences.ts";
export type { Immutable } from "./define.ts";
export type { Kind, ObjectOf, SpecOf, StatedSpecOf } from "./kind.ts";
export * from "./kinds/tiered.ts";
export type { EntityRule, PolicyRule } from "./kinds/policy-rule.ts";
export * from "./scalars/as-number.ts";
export type { KubeStatus } from "./status-error.ts";
export * from "./status-reasons.ts";
export { kindWordsOf } from "./traits.ts";
export type { MenuGroup } from "./traits.ts";
