import { resourceDefinitions } from "@percale/resources";
import type { ResourceDefinition } from "@percale/resources";
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

export const apiVersions = { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };

const groups = [
  ...named.map(([, [first]]) => groupOf(first!.group, first!.version)),
  groupOf("authorization.k8s.io", "v1"),
];
export const apiGroupList = { kind: "APIGroupList", apiVersion: "v1", groups };

/** By path: what each group, and each version of it, has. */
export const groupDocuments: ReadonlyMap<string, object> = new Map([
  ...groups.map((group): [string, object] => [`/apis/${group.name}`, { kind: "APIGroup", apiVersion: "v1", ...group }]),
  ...visible.map(([root, definitions]): [string, object] => [
    root,
    resourceList(definitions[0]!.apiVersion, definitions),
  ]),
]);

function groupOf(name: string, version: string) {
  const groupVersion = { groupVersion: `${name}/${version}`, version };
  return { name, versions: [groupVersion], preferredVersion: groupVersion };
}

export const authorizationResources = {
  kind: "APIResourceList",
  apiVersion: "v1",
  groupVersion: "authorization.k8s.io/v1",
  resources: [
    {
      name: "selfsubjectaccessreviews",
      singularName: "selfsubjectaccessreview",
      namespaced: false,
      kind: "SelfSubjectAccessReview",
      verbs: ["create"],
    },
  ],
};

function resourceList(groupVersion: string, definitions: readonly ResourceDefinition[]): object {
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: definitions.flatMap(resourcesOf) };
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
      : [...named.map(itemOf), groupItem("authorization.k8s.io", "v1", [accessReviewResource])];
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

const accessReviewResource = {
  resource: "selfsubjectaccessreviews",
  responseKind: { group: "authorization.k8s.io", version: "v1", kind: "SelfSubjectAccessReview" },
  scope: "Cluster",
  singularResource: "selfsubjectaccessreview",
  verbs: ["create"],
};

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
