/** What calicoq tells, in its own form. Source: Calico Enterprise's reference of calicoq. */
import type { ObjectRef } from "@percale/resources";
import { Profile, WorkloadEndpoint } from "@percale/resources/catalog";
import type { Access } from "../rest/client.ts";
import { query } from "../rest/trpc.ts";
import { isKubernetesPolicy, KUBERNETES_PREFIX } from "./policy-ref.ts";

/** A row of the server's `policy.matches`. */
export interface MatchRow {
  readonly id: string;
  readonly endpoint: ObjectRef;
  readonly policies: readonly (ObjectRef & { readonly order?: number; readonly selector: string })[];
  readonly profiles: readonly string[];
  readonly rules: readonly RuleMatch[];
}

export interface RuleMatch {
  readonly owner: ObjectRef;
  readonly direction: "ingress" | "egress";
  readonly rule: number;
  readonly side: "source" | "destination";
  readonly isNot?: true;
  readonly selector: string;
}

export type Question =
  | { readonly per: "selector"; readonly selector: string }
  | { readonly per: "policy"; readonly ref: ObjectRef }
  | { readonly per: "endpoint"; readonly contains: string }
  | { readonly per: "node"; readonly node: string };

/** What is left out of the answer. */
export interface Hidden {
  readonly rules: boolean;
  readonly selectors: boolean;
}

export async function askMatches(access: Access, question: Question): Promise<readonly MatchRow[]> {
  const { rows } = (await query(access, "policy.matches", question)) as { readonly rows: readonly MatchRow[] };
  return rows;
}

export function renderMatches(question: Question, rows: readonly MatchRow[], hidden: Hidden): string {
  switch (question.per) {
    case "selector":
      return lines([`Endpoints matching selector ${question.selector}:`, ...rows.map((row) => `  ${calledOf(row)}`)]);
    case "policy":
      return renderPolicy(nameOf(question.ref), rows, hidden);
    case "endpoint":
      return renderEndpoints(
        `Policies and profiles for endpoints matching ${quoted(question.contains)}:`,
        rows,
        hidden,
      );
    case "node":
      return renderEndpoints(`Policies and profiles for each endpoint on host ${quoted(question.node)}:`, rows, hidden);
  }
}

function renderPolicy(name: string, rows: readonly MatchRow[], hidden: Hidden): string {
  const applies = rows.flatMap((row) =>
    row.policies.map(({ selector }) => `  ${calledOf(row)}${selectorOf(selector, hidden)}`),
  );
  const head = [`Policy ${quoted(name)} applies to these endpoints:`, ...applies];
  if (hidden.rules) return lines(head);
  const matched = rows.flatMap((row) =>
    row.rules.length === 0
      ? []
      : [
          `  ${calledOf(row)}`,
          ...row.rules.map((rule) => `    ${renderRule(rule)}${selectorOf(rule.selector, hidden)}`),
        ],
  );
  return lines([...head, "", `Endpoints matching Policy ${quoted(name)} rules:`, ...matched]);
}

function renderEndpoints(head: string, rows: readonly MatchRow[], hidden: Hidden): string {
  return lines([head, ...rows.flatMap((row) => ["", ...renderEndpoint(row, hidden)])]);
}

function renderEndpoint(row: MatchRow, hidden: Hidden): readonly string[] {
  const { id, endpoint, policies, profiles, rules } = row;
  const isWorkload = endpoint.kind === WorkloadEndpoint.kind;
  const matches = rules.map(
    (rule) =>
      `    ${rule.owner.kind === Profile.kind ? Profile.kind : "Policy"} ${quoted(nameOf(rule.owner))} ${renderRule(rule)}${selectorOf(rule.selector, hidden)}`,
  );
  return [
    isWorkload ? `Workload endpoint ${id.slice(id.indexOf("/") + 1)}` : calledOf(row),
    "  Policies:",
    ...policies.map(({ order, selector, ...ref }) => {
      const more = hidden.selectors ? "" : `; selector ${quoted(selector)}`;
      return `    Policy ${quoted(nameOf(ref))} (order ${order ?? "default"}${more})`;
    }),
    "  Profiles:",
    ...profiles.map((profile) => `    Profile ${quoted(profile)}`),
    ...(hidden.rules || matches.length === 0 ? [] : ["  Rule matches:", ...matches]),
  ];
}

function calledOf({ id, endpoint }: MatchRow): string {
  return `${endpoint.kind === WorkloadEndpoint.kind ? "Workload" : "Host"} endpoint ${id}`;
}

function renderRule({ direction, rule, side, isNot }: RuleMatch): string {
  return `${direction === "ingress" ? "inbound" : "outbound"} rule ${rule + 1} ${side}${isNot === true ? " not" : ""} match`;
}

function selectorOf(selector: string, { selectors }: Hidden): string {
  return selectors ? "" : `; selector ${quoted(selector)}`;
}

/** A policy that was written through Kubernetes' API has the name that Calico gives it. */
function nameOf({ kind, namespace, name }: ObjectRef): string {
  const known = isKubernetesPolicy(kind) ? `${KUBERNETES_PREFIX}${name}` : name;
  return namespace === undefined ? known : `${namespace}/${known}`;
}

/** As it is: calicoq escapes nothing. */
function quoted(text: string): string {
  return `"${text}"`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}
