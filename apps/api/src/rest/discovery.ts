import { API_GROUP, resourceDefinitions } from "@percale/resources";
import type { ResourceDefinition } from "@percale/resources";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const READ_VERBS = ["get", "list", "watch"];
const STATUS_VERBS = ["get", "patch", "update"];
const GROUP_VERSION = { groupVersion: `${API_GROUP}/v3`, version: "v3" };

/** What people see. Kinds of agents and IPAM are served too, but kubectl learns of them only by name. */
const served = resourceDefinitions.filter(({ internal }) => !internal);

export const apiVersions = { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };

const group = {
  name: API_GROUP,
  versions: [GROUP_VERSION],
  preferredVersion: GROUP_VERSION,
};
export const apiGroup = { kind: "APIGroup", apiVersion: "v1", ...group };
const authorization = { groupVersion: "authorization.k8s.io/v1", version: "v1" };
export const apiGroupList = {
  kind: "APIGroupList",
  apiVersion: "v1",
  groups: [group, { name: "authorization.k8s.io", versions: [authorization], preferredVersion: authorization }],
};

export const coreResources = {
  kind: "APIResourceList",
  apiVersion: "v1",
  groupVersion: "v1",
  resources: [
    {
      name: "namespaces",
      singularName: "namespace",
      namespaced: false,
      kind: "Namespace",
      verbs: ["get", "list"],
      shortNames: ["ns"],
    },
  ],
};

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

export const apiResources = {
  kind: "APIResourceList",
  apiVersion: "v1",
  groupVersion: GROUP_VERSION.groupVersion,
  resources: served.flatMap((definition) => [
    {
      name: definition.plural,
      singularName: definition.singular,
      namespaced: definition.namespaced,
      kind: definition.kind,
      verbs: verbsOf(definition),
      ...(definition.shortNames.length > 0 && { shortNames: definition.shortNames }),
    },
    ...(definition.statusSubresource
      ? [
          {
            name: `${definition.plural}/status`,
            singularName: "",
            namespaced: definition.namespaced,
            kind: definition.kind,
            verbs: STATUS_VERBS,
          },
        ]
      : []),
  ]),
};

/** Aggregated discovery, `apidiscovery.k8s.io/v2`: all kinds in one answer. */
export function groupDiscovery(path: "/api" | "/apis", version: "v2" | "v2beta1"): object {
  const items =
    path === "/api"
      ? [groupItem("", "v1", [namespaceResource])]
      : [
          groupItem(API_GROUP, "v3", served.map(discoveryOf)),
          groupItem("authorization.k8s.io", "v1", [accessReviewResource]),
        ];
  return { kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function groupItem(name: string, version: string, resources: readonly object[]): object {
  return {
    metadata: { name, creationTimestamp: null },
    versions: [{ version, resources, freshness: "Current" }],
  };
}

const namespaceResource = {
  resource: "namespaces",
  responseKind: { group: "", version: "v1", kind: "Namespace" },
  scope: "Cluster",
  singularResource: "namespace",
  verbs: ["get", "list"],
  shortNames: ["ns"],
};

const accessReviewResource = {
  resource: "selfsubjectaccessreviews",
  responseKind: { group: "authorization.k8s.io", version: "v1", kind: "SelfSubjectAccessReview" },
  scope: "Cluster",
  singularResource: "selfsubjectaccessreview",
  verbs: ["create"],
};

function discoveryOf(definition: ResourceDefinition): object {
  const responseKind = { group: API_GROUP, version: "v3", kind: definition.kind };
  return {
    resource: definition.plural,
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
