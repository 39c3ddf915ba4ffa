/** Which requests are kept, and how much of each. Source: Kubernetes' `audit.k8s.io/v1` Policy, kubernetes/apiserver `pkg/audit/policy`. */
import { z } from "zod";
import { formatIssue, parseOutside } from "@percale/resources";

export const LEVELS = ["None", "Metadata", "Request", "RequestResponse"] as const;
export type Level = (typeof LEVELS)[number];
export const STAGES = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"] as const;
export type Stage = (typeof STAGES)[number];

const texts = z.array(z.string()).optional();
const stages = z.array(z.enum(STAGES)).optional();
const auditPolicy = z.strictObject({
  apiVersion: z.literal("audit.k8s.io/v1"),
  kind: z.literal("Policy"),
  metadata: z.looseObject({}).optional(),
  omitStages: stages,
  omitManagedFields: z.boolean().optional(),
  rules: z.array(
    z.strictObject({
      level: z.enum(LEVELS),
      users: texts,
      userGroups: texts,
      verbs: texts,
      resources: z
        .array(z.strictObject({ group: z.string().optional(), resources: texts, resourceNames: texts }))
        .optional(),
      namespaces: texts,
      nonResourceURLs: texts,
      omitStages: stages,
      omitManagedFields: z.boolean().optional(),
    }),
  ),
});
export type AuditPolicy = z.output<typeof auditPolicy>;
type Rule = AuditPolicy["rules"][number];

/** Writes, questions about others' rights and refused credentials, of everybody but agents and the lab, who write all the time. */
export const DEFAULT_POLICY: AuditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  rules: [
    { level: "None", userGroups: ["system:nodes"] },
    { level: "None", verbs: ["get", "list", "watch"] },
    { level: "None", nonResourceURLs: ["/trpc/lab.*", "/trpc/session.whoami"] },
    { level: "Metadata" },
  ],
};

/** Throws Error with every fault. */
export function parseAuditPolicy(value: unknown): AuditPolicy {
  const parsed = parseOutside(auditPolicy, value);
  if ("issues" in parsed) throw new Error(parsed.issues.map(formatIssue).join(", "));
  return parsed.data;
}

/** A request as rules see it. */
export interface AuditedRequest {
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  readonly path: string;
  /** Absent: it is about no object. */
  readonly object?: AuditedObject;
}

export interface AuditedObject {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The first rule that it fits; None if there is none. */
export function ruleFor({ rules }: AuditPolicy, asked: AuditedRequest): Rule {
  return rules.find((rule) => fits(rule, asked)) ?? { level: "None" };
}

function fits(rule: Rule, { user, groups, verb, path, object }: AuditedRequest): boolean {
  const { users = [], userGroups = [], verbs = [], resources = [], namespaces = [], nonResourceURLs = [] } = rule;
  if (users.length > 0 && !users.includes(user)) return false;
  if (userGroups.length > 0 && !userGroups.some((group) => groups.includes(group))) return false;
  if (verbs.length > 0 && !verbs.includes(verb)) return false;
  if (resources.length > 0 || namespaces.length > 0) {
    if (object === undefined) return false;
    if (namespaces.length > 0 && !namespaces.includes(object.namespace ?? "")) return false;
    return resources.length === 0 || resources.some((one) => isAbout(one, object));
  }
  if (nonResourceURLs.length > 0) return object === undefined && nonResourceURLs.some((url) => pathFits(url, path));
  return true;
}

function isAbout(
  { group = "", resources = [], resourceNames = [] }: NonNullable<Rule["resources"]>[number],
  object: AuditedObject,
): boolean {
  if (group !== object.group) return false;
  if (resourceNames.length > 0 && !resourceNames.includes(object.name ?? "")) return false;
  const { resource, subresource } = object;
  const called =
    subresource === undefined
      ? [resource, "*"]
      : [`${resource}/${subresource}`, `${resource}/*`, `*/${subresource}`, "*"];
  return resources.length === 0 || resources.some((one) => called.includes(one));
}

function pathFits(url: string, path: string): boolean {
  return url === path || url === "*" || (url.endsWith("*") && path.startsWith(url.slice(0, -1)));
}
