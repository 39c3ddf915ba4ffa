/** Roles and bindings that every store holds: today's groups, and Kubernetes' own that clients count on. */
import {
  apiVersionOf,
  ClusterRole,
  ClusterRoleBinding,
  RBAC_GROUP,
  resourceDefinitions,
  ServiceAccount,
} from "@percale/resources";
import type { KubeObject, ResourceDefinition } from "@percale/resources";
import { ADMIN_GROUP, AUTHENTICATED, EDITOR_GROUP, MONITORING_GROUP, VIEWER_GROUP } from "../identity.ts";
import { VERBS_BY_KIND } from "../node-rights.ts";
import { isTiered } from "../tiers.ts";
import type { PolicyRule } from "./rule.ts";

const READ = ["get", "list", "watch"] as const;
const CHANGE = [...READ, "create", "update", "patch", "delete", "deletecollection"] as const;
const ALL = ["*"] as const;
/** Kubernetes' marks: made by the server, and kept up to date at its start unless somebody says "false". */
const MARKS = {
  labels: { "kubernetes.io/bootstrapping": "rbac-defaults" },
  annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
} as const;

type Is = (definition: ResourceDefinition) => boolean;

/** Every resource of the kinds that are so, by group; of tiered ones also what stands for them in tiers. */
function rulesAbout(is: Is, verbs: readonly string[]): PolicyRule[] {
  return [...Map.groupBy(resourceDefinitions.filter(is), ({ group }) => group)].map(([group, kinds]) => ({
    verbs,
    apiGroups: [group],
    resources: kinds.flatMap(({ kind, servedPlural: plural, statusSubresource }) => [
      plural,
      ...(statusSubresource ? [`${plural}/status`] : []),
      ...(isTiered({ kind }) ? [`tier.${plural}`] : []),
    ]),
  }));
}

const isRbac: Is = ({ group }) => group === RBAC_GROUP;
/** Of service accounts `*` would be `impersonate` too. */
const isAccount: Is = ({ kind }) => kind === ServiceAccount.kind;
const isPeoples: Is = (one) => !one.internal && !isRbac(one) && !isAccount(one);
const AGGREGATED = "rbac.authorization.k8s.io/aggregate-to-";

const network: PolicyRule = { verbs: READ, apiGroups: ["percale.io"], resources: ["network"] };
const aboutTheApi: PolicyRule = { verbs: ["get"], nonResourceURLs: ["/metrics", "/openapi", "/openapi/*"] };

/** Namespaced, for RoleBindings; which tiers somebody may use is given beside them. */
const inNamespace = {
  view: rulesAbout((one) => one.namespaced && !isRbac(one), READ),
  edit: [...rulesAbout((one) => one.namespaced && isPeoples(one), ALL), ...rulesAbout(isAccount, CHANGE)],
  /** `*` would be `escalate` too: rights that nobody gave. */
  admin: rulesAbout((one) => one.namespaced && isRbac(one), CHANGE),
};

const nodeRules = [...VERBS_BY_KIND].flatMap(([kind, verbs]) => rulesAbout((one) => one.kind === kind, verbs));

interface BuiltIn {
  readonly rules?: readonly PolicyRule[];
  /** Put together of the roles with this label. */
  readonly of?: string;
  /** The roles that it is part of. */
  readonly partOf?: readonly string[];
  /** The groups that have it. */
  readonly groups?: readonly string[];
}

const ROLES: Readonly<Record<string, BuiltIn>> = {
  "cluster-admin": {
    rules: [
      { verbs: ALL, apiGroups: ALL, resources: ALL },
      { verbs: ALL, nonResourceURLs: ALL },
    ],
    groups: [ADMIN_GROUP],
  },
  "percale:editor": {
    rules: [
      ...rulesAbout(() => true, READ),
      ...rulesAbout(isPeoples, ALL),
      ...rulesAbout(isAccount, CHANGE),
      network,
      aboutTheApi,
    ],
    groups: [EDITOR_GROUP],
  },
  "percale:viewer": { rules: [...rulesAbout(() => true, READ), network, aboutTheApi], groups: [VIEWER_GROUP] },
  "system:monitoring": { rules: [{ verbs: ["get"], nonResourceURLs: ["/metrics"] }], groups: [MONITORING_GROUP] },
  // Given by name, not by a binding (`node-rights.ts`); here to be read.
  "system:node": { rules: nodeRules },
  "system:discovery": {
    rules: [
      {
        verbs: ["get"],
        nonResourceURLs: [
          "/api",
          "/api/*",
          "/apis",
          "/apis/*",
          "/healthz",
          "/livez",
          "/readyz",
          "/version",
          "/version/",
        ],
      },
    ],
    groups: [AUTHENTICATED],
  },
  "system:basic-user": {
    rules: [
      {
        verbs: ["create"],
        apiGroups: ["authorization.k8s.io"],
        resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
      },
      { verbs: ["create"], apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"] },
    ],
    groups: [AUTHENTICATED],
  },
  "system:auth-delegator": {
    rules: [
      { verbs: ["create"], apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"] },
      { verbs: ["create"], apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"] },
    ],
  },
  "system:aggregate-to-view": { rules: inNamespace.view, partOf: ["view"] },
  "system:aggregate-to-edit": { rules: inNamespace.edit, partOf: ["edit"] },
  "system:aggregate-to-admin": { rules: inNamespace.admin, partOf: ["admin"] },
  view: { of: "view", partOf: ["edit"] },
  edit: { of: "edit", partOf: ["admin"] },
  admin: { of: "admin" },
};

/** In an order in which each finds there what it is put together of. */
export function builtInRoles(): KubeObject[] {
  return Object.entries(ROLES).flatMap(([name, { rules = [], of, partOf = [], groups = [] }]) => [
    roleObject(name, {
      rules: [...rules],
      ...(of !== undefined && {
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [`${AGGREGATED}${of}`]: "true" } }] },
      }),
      labels: Object.fromEntries(partOf.map((role) => [`${AGGREGATED}${role}`, "true"])),
    }),
    ...(groups.length === 0 ? [] : [bindingObject(name, groups)]),
  ]);
}

function roleObject(
  name: string,
  { labels, ...fields }: Omit<ClusterRole, keyof KubeObject> & { labels: object },
): KubeObject {
  const metadata = { name, ...MARKS, labels: { ...MARKS.labels, ...labels } };
  return {
    apiVersion: apiVersionOf(ClusterRole.kind),
    kind: ClusterRole.kind,
    metadata,
    ...fields,
  } as unknown as KubeObject;
}

function bindingObject(name: string, groups: readonly string[]): KubeObject {
  return {
    apiVersion: apiVersionOf(ClusterRoleBinding.kind),
    kind: ClusterRoleBinding.kind,
    metadata: { name, ...MARKS },
    roleRef: { apiGroup: RBAC_GROUP, kind: ClusterRole.kind, name },
    subjects: groups.map((group) => ({ kind: "Group", apiGroup: RBAC_GROUP, name: group })),
  } as unknown as KubeObject; // flat: no spec
}
