/** What somebody may read, asked of objects: of rules alone, so that the thread which answers questions can ask it too. */
import { definitionOf, kindsReadBy, resourceDefinitions } from "@percale/resources";
import type { KubeObject, ResourceDefinition } from "@percale/resources";
import { ADMIN_GROUP } from "./identity.ts";
import type { Identity } from "./identity.ts";
import { Grants } from "./rbac/grants.ts";
import type { HeldRule } from "./rbac/role-book.ts";
import type { Attributes } from "./rbac/rule.ts";
import { isTiered, judgeTier, mayInAll, tierOf } from "./tiers.ts";
import type { Allows } from "./tiers.ts";

/** A rule and where it counts (absent: everywhere), without what gave it: plain data. */
export type Right = Pick<HeldRule, "rule" | "namespace">;
export type Sees = (object: KubeObject) => boolean;

/** The rights that narrow what somebody may see; undefined if he sees everything. */
export function narrowed(identity: Identity): readonly Right[] | undefined {
  const { authorizer, groups } = identity;
  if (groups.includes(ADMIN_GROUP)) return undefined;
  if (authorizer === undefined) return [];
  if (seesEvery(resourceDefinitions, (asked) => authorizer.decide(identity, asked).allowed)) return undefined;
  return authorizer
    .held(identity)
    .map(({ rule, namespace }) => (namespace === undefined ? { rule } : { rule, namespace }));
}

const EVALUATED = kindsReadBy("evaluator").map((kind) => definitionOf(kind)!);

/** Whether he may read everything that decides about packets: an answer about them tells of any of it. */
export function seesPolicy(identity: Identity): boolean {
  const { authorizer } = identity;
  return authorizer !== undefined && seesEvery(EVALUATED, (asked) => authorizer.decide(identity, asked).allowed);
}

function seesEvery(definitions: readonly ResourceDefinition[], allows: Allows): boolean {
  return definitions.every((one) =>
    ["get", "list", "watch"].every(
      (verb) => allows(attributesOf(one, verb)) && (!isTiered(one) || mayInAll(allows, { verb, kind: one.kind })),
    ),
  );
}

const EVERYTHING: Sees = () => true;

/** An object is seen by whoever may list its kind where it is, or get it; of a policy also by its tier. */
export function seesBy(rights: readonly Right[] | undefined): Sees {
  if (rights === undefined) return EVERYTHING;
  const grants = new Grants(rights);
  const allows: Allows = (asked) => grants.find(asked) !== undefined;
  return (object) => {
    const definition = definitionOf(object.kind);
    if (definition === undefined) return false;
    const { name, namespace } = object.metadata;
    return ["list", "get"].some((verb) => {
      const scope = { ...(namespace !== undefined && { namespace }), ...(verb === "get" && { name }) };
      if (!allows({ ...attributesOf(definition, verb), ...scope })) return false;
      return (
        !isTiered(object) || judgeTier(allows, tierOf(object), { verb, kind: object.kind, ...scope }) === "allowed"
      );
    });
  };
}

function attributesOf({ group, servedPlural }: ResourceDefinition, verb: string): Attributes {
  return { verb, group, resource: servedPlural };
}
