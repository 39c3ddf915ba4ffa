/** What tiers (`tiers.ts`) let a request do. */
import { DEFAULT_TIER, definitionOf, forbidden, refOf, TIER_LABEL } from "@percale/resources";
import type { KubeObject, ObjectRef, ResourceDefinition, StatusError } from "@percale/resources";
import { decide } from "./authorize.ts";
import { fieldTerms, labelTerms } from "../rest/selector-terms.ts";
import type { Identity } from "./identity.ts";
import { isTiered, judgeTier, mayInAll, tierOf } from "./tiers.ts";
import type { Allows, TierVerdict } from "./tiers.ts";

/** Why this may not be done to the policy where it stands; undefined if it may, and for objects that stand in no tier. */
export function tierFault(identity: Identity, verb: string, object: KubeObject): StatusError | undefined {
  if (!isTiered(object)) return undefined;
  const ref = refOf(object);
  const tier = tierOf(object);
  const verdict = judgeTier(allowsOf(identity), tier, { verb, ...ref });
  return verdict === "allowed" ? undefined : forbidden(ref, wordsOf({ identity, verb, ref, tier, verdict }));
}

interface Refused {
  readonly identity: Identity;
  readonly verb: string;
  readonly ref: ObjectRef;
  readonly tier: string;
  readonly verdict: TierVerdict;
}

function wordsOf({ identity, verb, ref: { kind, namespace }, tier, verdict }: Refused): string {
  const { servedPlural, group } = definitionOf(kind)!;
  const where = namespace === undefined ? "" : ` and namespace "${namespace}"`;
  const why = verdict === "no tier" ? " (user cannot get tier)" : "";
  return `User "${identity.user}" cannot ${verb} ${servedPlural}.${group} in tier "${tier}"${where}${why}`;
}

export interface ManyQuestion {
  readonly verb: "list" | "watch" | "deletecollection";
  readonly definition: ResourceDefinition;
  readonly namespace?: string;
  /** The one that the selector names. */
  readonly name?: string;
  /** Those that the selector names. */
  readonly named: readonly string[] | undefined;
  /** Those that there are; asked only if it matters. */
  readonly tiers: () => Promise<readonly string[]>;
}

/** Of many policies: true for those in tiers where it may be done; undefined: for all. Throws 403 if a tier that is named is none of these, or there are none. */
export async function tierFilter(
  identity: Identity,
  { definition, namespace, name, verb, named, tiers }: ManyQuestion,
): Promise<((object: KubeObject) => boolean) | undefined> {
  const { kind } = definition;
  const allows = allowsOf(identity);
  const scope = { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) };
  if (!isTiered({ kind }) || mayInAll(allows, { verb, kind, ...scope })) return undefined;
  const verdicts = new Map<string, TierVerdict>();
  const verdictOf = (tier: string): TierVerdict => {
    const known = verdicts.get(tier) ?? judgeTier(allows, tier, { verb, kind, ...scope });
    verdicts.set(tier, known);
    return known;
  };
  const refused = named?.find((tier) => verdictOf(tier) !== "allowed");
  const ref = { kind, name: "", ...(namespace !== undefined && { namespace }) };
  if (refused !== undefined)
    throw forbidden(ref, wordsOf({ identity, verb, ref, tier: refused, verdict: verdictOf(refused) }));
  if (named === undefined && !(await tiers()).some((tier) => verdictOf(tier) === "allowed"))
    throw forbidden(ref, "operation on Calico tiered policy is forbidden");
  return (object) => verdictOf(tierOf(object)) === "allowed";
}

/** The tiers that a request's selectors name: `spec.tier=x`, `projectcalico.org/tier=x`, `projectcalico.org/tier in (x,y)`. Throws StatusError 400. */
export function tiersNamed(query: URLSearchParams): readonly string[] | undefined {
  const terms = [
    ...fieldTerms(query.get("fieldSelector") ?? "").filter(({ key }) => key === "spec.tier"),
    ...labelTerms(query.get("labelSelector") ?? "").filter(({ key }) => key === TIER_LABEL),
  ];
  const named = terms.filter(({ op }) => op === "=" || op === "in").flatMap(({ values }) => values);
  return named.length === 0 ? undefined : named.map((tier) => tier || DEFAULT_TIER);
}

function allowsOf(identity: Identity): Allows {
  return (asked) => decide(identity, asked).allowed;
}
