import { API_GROUP, resourceDefinitions } from "@percale/resources";
import type { ResourceDefinition } from "@percale/resources";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const READ_VERBS = ["get", "list", "watch"];
const STATUS_VERBS = ["get", "patch", "update"];
const GROUP_VERSION = { groupVersion: `${API_GROUP}/v3`, version: "v3" };

/** What people see. Kinds of agents and IPAM are served too, but kubectl learns of them only by name. */
const visible = resourceDefinitions.filter(({ internal }) => !internal);
const served = visible.filter(({ group }) => group === API_GROUP);
const core = visible.filter(({ group }) => group === "");

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

export const coreResources = resourceList("v1", core);

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

export const apiResources = resourceList(GROUP_VERSION.groupVersion, served);

function resourceList(groupVersion: string, definitions: readonly ResourceDefinition[]): object {
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: definitions.flatMap(resourcesOf) };
}

/** The kind, and its status where that is written by itself. */
function resourcesOf(definition: ResourceDefinition): object[] {
  const { plural, singular, namespaced, kind, shortNames } = definition;
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
      ? [groupItem("", "v1", core.map(discoveryOf))]
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

const accessReviewResource = {
  resource: "selfsubjectaccessreviews",
  responseKind: { group: "authorization.k8s.io", version: "v1", kind: "SelfSubjectAccessReview" },
  scope: "Cluster",
  singularResource: "selfsubjectaccessreview",
  verbs: ["create"],
};

function discoveryOf(definition: ResourceDefinition): object {
  const { group, version, kind } = definition;
  const responseKind = { group, version, kind };
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
