/**
 * Rights by tier, asked after those on the resource itself. In tier T somebody may do to policies of a kind R what roles allow on the
 * resource `tier.R` under the name `T.*`, or under the policy's own, if he may also get T.
 * Source: projectcalico/calico `apiserver/pkg/rbac`, `webhooks/pkg/rbac`.
 */
import { DEFAULT_TIER, definitionOf, forbidden, refOf, StatusError, Tier, TIER_LABEL } from "@percale/resources";
import type { KubeObject, ObjectRef, ResourceDefinition } from "@percale/resources";
import { decide } from "./authorize.ts";
import type { Identity } from "./identity.ts";

/** What is asked of policies of a kind: of one that is named, or of many. */
export interface TierQuestion {
  readonly verb: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
}

export type TierVerdict = "allowed" | "no tier" | "no verb";

export function isTiered({ kind }: Pick<KubeObject, "kind">): boolean {
  return definitionOf(kind)?.traits.tiered === true;
}

export function tierOf({ spec }: Pick<KubeObject, "spec">): string {
  return (spec as { readonly tier?: string } | undefined)?.tier || DEFAULT_TIER; // of a tiered kind
}

export function judgeTier(identity: Identity, tier: string, question: TierQuestion): TierVerdict {
  const { verb, kind, namespace, name } = question;
  const { group, servedPlural } = definitionOf(kind)!; // of ours
  if (!decide(identity, { verb: "get", group: Tier.group, resource: Tier.servedPlural, name: tier }).allowed)
    return "no tier";
  const asked = { verb, group, resource: `tier.${servedPlural}`, ...(namespace !== undefined && { namespace }) };
  const names = [`${tier}.*`, ...(name === undefined || name === "" ? [] : [name])];
  return names.some((one) => decide(identity, { ...asked, name: one }).allowed) ? "allowed" : "no verb";
}

/** Why this may not be done to the policy where it stands; undefined if it may, and for objects that stand in no tier. */
export function tierFault(identity: Identity, verb: string, object: KubeObject): StatusError | undefined {
  if (!isTiered(object)) return undefined;
  const ref = refOf(object);
  const tier = tierOf(object);
  const verdict = judgeTier(identity, tier, { verb, ...ref });
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
  const scope = { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) };
  if (!isTiered({ kind }) || mayInAll(identity, { verb, kind, ...scope })) return undefined;
  const verdicts = new Map<string, TierVerdict>();
  const verdictOf = (tier: string): TierVerdict => {
    const known = verdicts.get(tier) ?? judgeTier(identity, tier, { verb, kind, ...scope });
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

/** Whether no tier is closed to him, those that may come too. */
export function mayInAll(identity: Identity, { verb, kind, namespace }: TierQuestion): boolean {
  const { group, servedPlural } = definitionOf(kind)!;
  const asked = { verb, group, resource: `tier.${servedPlural}`, ...(namespace !== undefined && { namespace }) };
  return (
    decide(identity, { verb: "get", group: Tier.group, resource: Tier.servedPlural }).allowed &&
    decide(identity, asked).allowed
  );
}

/** The tiers that a request's selectors name: `spec.tier=x`, `projectcalico.org/tier=x`, `projectcalico.org/tier in (x,y)`. */
export function tiersNamed(query: URLSearchParams): readonly string[] | undefined {
  const fields = [...(query.get("fieldSelector") ?? "").matchAll(/(?:^|,)\s*spec\.tier\s*==?\s*([^,]*?)\s*(?=,|$)/g)];
  const label = TIER_LABEL.replaceAll(".", String.raw`\.`);
  const term = new RegExp(String.raw`(?:^|,)\s*${label}\s*(?:==?\s*([^,]*?)\s*(?=,|$)|in\s*\(([^)]*)\))`, "g");
  const labels = [...(query.get("labelSelector") ?? "").matchAll(term)];
  const named = [...fields, ...labels].flatMap(([, one, several]) => (several ?? one ?? "").split(","));
  return named.length === 0 ? undefined : named.map((tier) => tier.trim() || DEFAULT_TIER);
}
