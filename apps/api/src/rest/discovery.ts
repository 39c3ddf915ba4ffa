import { resourceDefinitions } from "@percale/resources";
import type { ResourceDefinition } from "@percale/resources";
import { pluralOfReview, REVIEWS } from "./reviews.ts";
import type { Review } from "./reviews.ts";
import { rootOf } from "./route.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const READ_VERBS = ["get", "list", "watch"];
const STATUS_VERBS = ["get", "patch", "update"];

/** What people see, by API version. Kinds of agents and IPAM are served too, but kubectl learns of them only by name. */
const visible: readonly (readonly [root: string, definitions: readonly ResourceDefinition[]])[] = [
  ...Map.groupBy(
    resourceDefinitions.filter(({ internal }) => !internal),
    rootOf,
  ),
];

/** Of each version but the core's, which has no group: `projectcalico.org/v3`. */
const named = visible.filter(([, definitions]) => definitions[0]!.group !== ""); // a group of definitions is never empty

/** Groups of questions. */
const reviewGroups = [...Map.groupBy(REVIEWS, ({ group }) => group)];

export const apiVersions = { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };

const groups = [
  ...named.map(([, [first]]) => groupOf(first!.group, first!.version)),
  ...reviewGroups.map(([group]) => groupOf(group, "v1")),
];
export const apiGroupList = { kind: "APIGroupList", apiVersion: "v1", groups };

/** By path: what each group, and each version of it, has. */
export const groupDocuments: ReadonlyMap<string, object> = new Map([
  ...groups.map((group): [string, object] => [`/apis/${group.name}`, { kind: "APIGroup", apiVersion: "v1", ...group }]),
  ...visible.map(([root, definitions]): [string, object] => [
    root,
    resourceList(definitions[0]!.apiVersion, definitions.flatMap(resourcesOf)),
  ]),
  ...reviewGroups.map(([group, reviews]): [string, object] => [
    `/apis/${group}/v1`,
    resourceList(`${group}/v1`, reviews.map(reviewResource)),
  ]),
]);

function groupOf(name: string, version: string) {
  const groupVersion = { groupVersion: `${name}/${version}`, version };
  return { name, versions: [groupVersion], preferredVersion: groupVersion };
}

function resourceList(groupVersion: string, resources: readonly object[]): object {
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources };
}

/** The kind, and its status where that is written by itself. */
function resourcesOf(definition: ResourceDefinition): object[] {
  const { servedPlural: plural, singular, namespaced, servedKind: kind, shortNames } = definition;
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs: verbsOf(definition),
      ...(shortNames.length > 0 && { shortNames }),
    },
    ...(definition.statusSubresource
      ? [{ name: `${plural}/status`, singularName: "", namespaced, kind, verbs: STATUS_VERBS }]
      : []),
  ];
}

/** Aggregated discovery, `apidiscovery.k8s.io/v2`: all kinds in one answer. */
export function groupDiscovery(path: "/api" | "/apis", version: "v2" | "v2beta1"): object {
  const items =
    path === "/api"
      ? visible.filter(([, [first]]) => first!.group === "").map(itemOf)
      : [
          ...named.map(itemOf),
          ...reviewGroups.map(([group, reviews]) => groupItem(group, "v1", reviews.map(reviewDiscovery))),
        ];
  return { kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function itemOf([, definitions]: (typeof visible)[number]): object {
  const { group, version } = definitions[0]!;
  return groupItem(group, version, definitions.map(discoveryOf));
}

function groupItem(name: string, version: string, resources: readonly object[]): object {
  return {
    metadata: { name, creationTimestamp: null },
    versions: [{ version, resources, freshness: "Current" }],
  };
}

/** A question about rights or identities, which is created and kept nowhere. */
function reviewResource(review: Review): object {
  const { kind, namespaced } = review;
  const [name, singularName] = [pluralOfReview(review), kind.toLowerCase()];
  return { name, singularName, namespaced, kind, verbs: ["create"] };
}

function reviewDiscovery(review: Review): object {
  const { group, kind, namespaced } = review;
  return {
    resource: pluralOfReview(review),
    responseKind: { group, version: "v1", kind },
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.toLowerCase(),
    verbs: ["create"],
  };
}

function discoveryOf(definition: ResourceDefinition): object {
  const { group, version, servedKind: kind } = definition;
  const responseKind = { group, version, kind };
  return {
    resource: definition.servedPlural,
    responseKind,
    scope: definition.namespaced ? "Namespaced" : "Cluster",
    singularResource: definition.singular,
    verbs: verbsOf(definition),
    ...(definition.shortNames.length > 0 && { shortNames: definition.shortNames }),
    ...(definition.statusSubresource && {
      subresources: [{ subresource: "status", responseKind, verbs: STATUS_VERBS }],
    }),
  };
}

function verbsOf({ readOnly }: ResourceDefinition): readonly string[] {
  return readOnly ? READ_VERBS : VERBS;
}
