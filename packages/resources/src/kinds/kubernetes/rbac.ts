/** Who may do what, in Kubernetes' own kinds. Source: kubernetes/api `rbac/v1/types.go`, kubernetes/kubernetes `pkg/apis/rbac/validation`. */
import * as z from "zod";
import { ageColumn, column } from "../../columns.ts";
import type { Consequence, ObjectEvent } from "../../consequences.ts";
import { objectAfter } from "../../consequences.ts";
import { defineResource } from "../../define.ts";
import type { FlatObjectOf, Immutable, Lookup } from "../../define.ts";
import type { Report } from "../../issue.ts";
import { refOf } from "../../object.ts";
import type { KubeObject } from "../../object.ts";
import { isSameJson } from "../../same-json.ts";
import { checkLabelSelector, labelSelector } from "./label-selector.ts";
import { labelSelectorMatches } from "./label-selector-matches.ts";

export const RBAC_GROUP = "rbac.authorization.k8s.io";

const words = (title: string, description: string) => z.array(z.string()).meta({ title, description });

const rules = z
  .array(
    z.strictObject({
      verbs: words("Verbs", "What may be done: get, list, watch, create, update, patch, delete, or * for everything."),
      apiGroups: words(
        "API groups",
        "Groups of the resources: projectcalico.org, an empty text for Kubernetes' core, * for all.",
      ).optional(),
      resources: words(
        "Resources",
        "Plurals: networkpolicies, tiers/status for a part, tier.networkpolicies for policies by tier, * for all.",
      ).optional(),
      resourceNames: words(
        "Names",
        "Objects that the rule is about, such as web or, of tiered policies, security.*; absent: all. It allows no list and no create.",
      ).optional(),
      nonResourceURLs: words(
        "Paths",
        "Paths that are no objects, such as /metrics; a * at the end stands for the rest. In cluster roles only.",
      ).optional(),
    }),
  )
  .meta({ title: "Rules", description: "What the role allows; nothing is ever denied by one." })
  .optional();

const roleRef = z.strictObject({
  apiGroup: z
    .literal(RBAC_GROUP)
    .meta({ title: "API group", description: "Always rbac.authorization.k8s.io." })
    .default(RBAC_GROUP),
  kind: z.enum(["Role", "ClusterRole"]).meta({ title: "Kind", description: "Role or ClusterRole." }),
  name: z.string().min(1).meta({ title: "Name", description: "The role's name." }),
});

const subjects = z
  .array(
    z.strictObject({
      kind: z
        .enum(["User", "Group", "ServiceAccount"])
        .meta({ title: "Kind", description: "User, Group or ServiceAccount." }),
      apiGroup: z
        .string()
        .meta({
          title: "API group",
          description: "rbac.authorization.k8s.io for users and groups, empty for service accounts.",
        })
        .optional(),
      name: z.string().min(1).meta({ title: "Name", description: "Who it is." }),
      namespace: z
        .string()
        .meta({ title: "Namespace", description: "Where the service account is; of others none." })
        .optional(),
    }),
  )
  .meta({ title: "Subjects", description: "Who gets the role." })
  .optional();

/** What a path can hold: Kubernetes lets names of roles have colons and capitals. */
function nameFault(name: string): string | undefined {
  if (name === "." || name === "..") return "must not be . or ..";
  if (name.length > 253) return "must have at most 253 characters";
  // oxlint-disable-next-line no-control-regex -- a log or a terminal shows names
  return /[/%\u0000-\u001f\u007f]/.test(name) ? "must hold no /, no % and no control characters" : undefined;
}

const bound = {
  columns: [
    column("Role kind", "roleRef.kind", "Whether it gives a role of the namespace or of the cluster"),
    column("Role", "roleRef.name", "The role that it gives"),
    ageColumn,
  ],
  nameFault,
  flat: true,
  looks: { icon: "access", page: "access" },
} as const;

export const Role = defineResource({
  kind: "Role",
  scope: "Namespaced",
  description: "What may be done in one namespace. Whoever a RoleBinding names may do it.",
  looks: { icon: "access", page: "access" },
  flat: true,
  nameFault,
  spec: z.strictObject({ rules }),
  rules: (spec, report) => checkRules(spec.rules ?? [], report, { hasPaths: false }),
});
export type Role = FlatObjectOf<typeof Role>;

const clusterRole = z.strictObject({
  rules,
  aggregationRule: z
    .strictObject({
      clusterRoleSelectors: z
        .array(labelSelector)
        .meta({
          title: "Selectors",
          description: "The rules are those of every cluster role that one of these selects.",
        })
        .optional(),
    })
    .meta({
      title: "Aggregation",
      description: "Of which other cluster roles it is made; its own rules are overwritten.",
    })
    .optional(),
});
/** As the hooks of the kind see it, which cannot name its type. */
type ClusterRoleFields = Immutable<z.output<typeof clusterRole>>;

export const ClusterRole = defineResource({
  kind: "ClusterRole",
  scope: "Cluster",
  description:
    "What may be done in the whole cluster, or in the namespace of the RoleBinding that gives it. May be put together of others by their labels.",
  looks: { icon: "access", page: "access" },
  flat: true,
  nameFault,
  spec: clusterRole,
  rules: (spec, report) => {
    checkRules(spec.rules ?? [], report, { hasPaths: true });
    for (const [i, selector] of (spec.aggregationRule?.clusterRoleSelectors ?? []).entries())
      checkLabelSelector(selector, `aggregationRule.clusterRoleSelectors[${i}]`, report);
  },
  settle: (object, { lookup }) => {
    const { aggregationRule } = fieldsOf(object);
    if (aggregationRule === undefined) return object;
    return { ...object, rules: aggregatedRules(object.metadata.name, aggregationRule, lookup) } as typeof object;
  },
  react: (event, lookup) => aggregatesOf(event, lookup),
});
export type ClusterRole = FlatObjectOf<typeof ClusterRole>;

export const RoleBinding = defineResource({
  kind: "RoleBinding",
  scope: "Namespaced",
  description: "Gives a Role, or a ClusterRole within this namespace, to users, groups and service accounts.",
  ...bound,
  spec: z.strictObject({
    subjects,
    roleRef: roleRef.meta({ title: "Role", description: "The role that it gives. It can't be changed: make another." }),
  }),
  rules: (spec, report) => checkSubjects(spec.subjects ?? [], report),
  transition: (spec, old, report) => checkRoleRef(spec.roleRef, old.roleRef, report),
});
export type RoleBinding = FlatObjectOf<typeof RoleBinding>;

export const ClusterRoleBinding = defineResource({
  kind: "ClusterRoleBinding",
  scope: "Cluster",
  description: "Gives a ClusterRole in the whole cluster to users, groups and service accounts.",
  ...bound,
  spec: z.strictObject({
    subjects,
    roleRef: roleRef.meta({
      title: "Role",
      description: "The cluster role that it gives. It can't be changed: make another.",
    }),
  }),
  rules: (spec, report) => {
    checkSubjects(spec.subjects ?? [], report);
    if (spec.roleRef.kind !== "ClusterRole")
      report("roleRef.kind", "FieldValueNotSupported", `must be ClusterRole, got ${spec.roleRef.kind}`);
  },
  transition: (spec, old, report) => checkRoleRef(spec.roleRef, old.roleRef, report),
});
export type ClusterRoleBinding = FlatObjectOf<typeof ClusterRoleBinding>;

/** Of a stored cluster role, as its schema made them. */
function fieldsOf(object: KubeObject): ClusterRoleFields {
  return object as unknown as ClusterRoleFields;
}

type Rules = NonNullable<Role["rules"]>;

function checkRules(list: Rules, report: Report, { hasPaths }: { readonly hasPaths: boolean }): void {
  for (const [i, rule] of list.entries()) {
    const at = `rules[${i}]`;
    const [paths, groups, resources] = [rule.nonResourceURLs ?? [], rule.apiGroups ?? [], rule.resources ?? []];
    if (rule.verbs.length === 0) report(`${at}.verbs`, "FieldValueRequired", "verbs must contain at least one value");
    if (paths.length > 0) {
      if (!hasPaths)
        report(`${at}.nonResourceURLs`, "FieldValueInvalid", "namespaced rules cannot apply to non-resource URLs");
      if (groups.length + resources.length + (rule.resourceNames ?? []).length > 0)
        report(`${at}.nonResourceURLs`, "FieldValueInvalid", "rules cannot apply to both regular resources and paths");
      continue;
    }
    if (groups.length === 0)
      report(`${at}.apiGroups`, "FieldValueRequired", "resource rules must supply at least one api group");
    if (resources.length === 0)
      report(`${at}.resources`, "FieldValueRequired", "resource rules must supply at least one resource");
  }
}

function checkSubjects(list: NonNullable<RoleBinding["subjects"]>, report: Report): void {
  for (const [i, { kind, apiGroup, namespace }] of list.entries()) {
    const group = kind === "ServiceAccount" ? "" : RBAC_GROUP;
    if (apiGroup !== undefined && apiGroup !== group)
      report(`subjects[${i}].apiGroup`, "FieldValueNotSupported", `must be ${JSON.stringify(group)} for a ${kind}`);
    if (kind === "ServiceAccount" && namespace === undefined)
      report(`subjects[${i}].namespace`, "FieldValueRequired", "a service account has a namespace");
    if (kind !== "ServiceAccount" && namespace !== undefined)
      report(`subjects[${i}].namespace`, "FieldValueForbidden", `a ${kind} has no namespace`);
  }
}

/** Whoever may edit a binding must not turn it into one of another role. */
function checkRoleRef(now: RoleBinding["roleRef"], old: RoleBinding["roleRef"], report: Report): void {
  if (!isSameJson(now, old))
    report("roleRef", "FieldValueInvalid", "cannot change roleRef: delete the binding and make another");
}

/** Each rule once, those of the role first that comes first by name. A role that is put together itself counts as it is. */
function aggregatedRules(
  name: string,
  { clusterRoleSelectors: selectors = [] }: NonNullable<ClusterRoleFields["aggregationRule"]>,
  lookup: Lookup,
): Rules {
  const parts = [...lookup.list("ClusterRole")]
    .filter((other) => other.metadata.name !== name)
    .filter((other) => selectors.some((selector) => labelSelectorMatches(selector, other.metadata.labels ?? {})))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const all = parts.flatMap((part) => fieldsOf(part).rules ?? []);
  return [...new Map(all.map((rule) => [JSON.stringify(rule), rule])).values()];
}

/** Roles to put together anew after another one changed. */
function aggregatesOf(event: ObjectEvent, lookup: Lookup): readonly Consequence[] {
  const versions = [objectAfter(event), event.old ?? (event.type === "DELETED" ? event.object : undefined)];
  const labels = versions.flatMap((one) => (one === undefined ? [] : [one.metadata.labels ?? {}]));
  return [...lookup.list("ClusterRole")]
    .filter((other) => other.metadata.name !== event.object.metadata.name)
    .filter((other) =>
      fieldsOf(other).aggregationRule?.clusterRoleSelectors?.some((selector) =>
        labels.some((one) => labelSelectorMatches(selector, one)),
      ),
    )
    .map((other) => ({ op: "settle", ref: refOf(other) }));
}
