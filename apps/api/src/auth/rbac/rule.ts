/**
 * Kubernetes' rules of rights: what one of them allows, and whether some allow all that another does. Pure.
 * Source: kubernetes/kubernetes `pkg/apis/rbac/v1/evaluation_helpers.go`, `component-helpers/auth/rbac/validation/policy_comparator.go`.
 */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  /** Absent or empty: all. */
  readonly resourceNames?: readonly string[] | undefined;
  readonly nonResourceURLs?: readonly string[] | undefined;
}

/** What somebody wants to do. */
export type Attributes = ResourceAttributes | PathAttributes;

export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  /** The plural. */
  readonly resource: string;
  readonly subresource?: string;
  /** Absent: all namespaces, or a cluster kind. */
  readonly namespace?: string;
  /** Absent: of all names. */
  readonly name?: string;
}

export interface PathAttributes {
  readonly verb: string;
  readonly path: string;
}

export const ALL = "*";

export function ruleAllows(rule: PolicyRule, asked: Attributes): boolean {
  if (!has(rule.verbs, asked.verb)) return false;
  if ("path" in asked) return (rule.nonResourceURLs ?? []).some((url) => pathMatches(url, asked.path));
  const { resourceNames = [] } = rule;
  return (
    has(rule.apiGroups, asked.group) &&
    (rule.resources ?? []).some((resource) => resourceMatches(resource, asked.resource, asked.subresource)) &&
    (resourceNames.length === 0 || (asked.name !== undefined && resourceNames.includes(asked.name)))
  );
}

/** What of `wanted` none of `held` allows, one permission each; empty if all is covered. A permission may not be put together of two rules. */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap((rule) => [...singles(rule)]).filter((single) => !held.some((rule) => covers(rule, single)));
}

/** How many permissions a rule is, as `uncovered` looks at them one by one. */
export function permissionsOf({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): number {
  const [urls, groups, plurals] = [nonResourceURLs, apiGroups, resources].map((values) => values?.length ?? 0);
  return verbs.length * (urls! + groups! * plurals! * Math.max(1, resourceNames?.length ?? 0));
}

/** Whether one rule alone allows all that the other does: seen at a glance, however many permissions that are. */
export function coversWhole(rule: PolicyRule, wanted: PolicyRule): boolean {
  const { resourceNames: names = [], resources = [], apiGroups = [], nonResourceURLs = [] } = wanted;
  const only = rule.resourceNames ?? [];
  return (
    wanted.verbs.every((verb) => has(rule.verbs, verb)) &&
    apiGroups.every((group) => has(rule.apiGroups, group)) &&
    resources.every((resource) =>
      (rule.resources ?? []).some((one) => resourceMatches(one, ...splitResource(resource))),
    ) &&
    nonResourceURLs.every((url) => (rule.nonResourceURLs ?? []).some((one) => pathMatches(one, url))) &&
    (only.length === 0 || (names.length > 0 && names.every((name) => only.includes(name))))
  );
}

/** A rule in words, as Kubernetes prints it where rights are missing. */
export function formatRule(rule: PolicyRule): string {
  const parts = [
    ["APIGroups", rule.apiGroups],
    ["Resources", rule.resources],
    ["ResourceNames", rule.resourceNames],
    ["NonResourceURLs", rule.nonResourceURLs],
    ["Verbs", rule.verbs],
  ] as const;
  const told = parts.flatMap(([title, values = []]) =>
    values.length === 0 ? [] : [`${title}:${JSON.stringify(values)}`],
  );
  return `{${told.join(", ")}}`;
}

function* each(values: readonly string[] | undefined): Generator<string | undefined> {
  if (values === undefined || values.length === 0) yield undefined;
  else yield* values;
}

function* singles(rule: PolicyRule): Generator<PolicyRule> {
  for (const verb of rule.verbs) {
    for (const url of rule.nonResourceURLs ?? []) yield { verbs: [verb], nonResourceURLs: [url] };
    for (const group of rule.apiGroups ?? [])
      for (const resource of rule.resources ?? [])
        for (const name of each(rule.resourceNames))
          yield {
            verbs: [verb],
            apiGroups: [group],
            resources: [resource],
            ...(name !== undefined && { resourceNames: [name] }),
          };
  }
}

function covers(rule: PolicyRule, single: PolicyRule): boolean {
  const [verb = ""] = single.verbs;
  if (!has(rule.verbs, verb)) return false;
  const [url] = single.nonResourceURLs ?? [];
  if (url !== undefined) return (rule.nonResourceURLs ?? []).some((one) => pathMatches(one, url));
  const [group = "", resource = "", name] = [single.apiGroups?.[0], single.resources?.[0], single.resourceNames?.[0]];
  const [plural, subresource] = splitResource(resource);
  const { resourceNames = [] } = rule;
  return (
    has(rule.apiGroups, group) &&
    (rule.resources ?? []).some((one) => resourceMatches(one, plural, subresource)) &&
    (resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name)))
  );
}

function splitResource(resource: string): readonly [plural: string, subresource: string | undefined] {
  const slash = resource.indexOf("/");
  return slash < 0 ? [resource, undefined] : [resource.slice(0, slash), resource.slice(slash + 1)];
}

/** Whether a list of a rule names this value, or all. */
export function has(values: readonly string[] | undefined, value: string): boolean {
  return values !== undefined && (values.includes(value) || values.includes(ALL));
}

/** `*` is every resource with all its subresources, `x` is x without them. */
function resourceMatches(rule: string, resource: string, subresource: string | undefined): boolean {
  if (rule === ALL) return true;
  if (subresource === undefined || subresource === "") return rule === resource;
  return rule === `${resource}/${subresource}` || rule === `${ALL}/${subresource}`;
}

function pathMatches(rule: string, path: string): boolean {
  return rule === ALL || rule === path || (rule.endsWith(ALL) && path.startsWith(rule.slice(0, -1)));
}
