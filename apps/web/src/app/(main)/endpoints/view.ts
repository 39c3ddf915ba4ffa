import type { EffectiveView } from "@percale/api";
import type { WorkloadStatus } from "@percale/protocol";
import { formatRef } from "@percale/resources";
import type { Selection } from "@percale/policy";
import { type Endpoint, endpointText } from "../../../policy/endpoint.ts";
import { endpointsOf, subjectsOf } from "../../../policy/selection.ts";
import { directionsOf, type PolicyObject } from "../../../policy/spec.ts";
import type { NodeReport, Severity } from "../nodes/view.ts";
import { cardOf, type TierColumn } from "../policies/view.ts";

export interface EndpointRow {
  readonly endpoint: Endpoint;
  readonly text: string;
  readonly state: string;
  readonly severity: Severity;
  /** Policies that select it. */
  readonly policies: number;
  readonly protection: "both ways" | "ingress" | "egress" | "not at all";
  readonly labels: string;
  readonly searchable: string;
}

/** Endpoints with what protects them and what their node says of their interface. */
export function endpointRows(
  selection: Selection,
  policies: readonly PolicyObject[],
  reports: readonly NodeReport[],
): readonly EndpointRow[] {
  const applied = new Map<string, { count: number; ingress: boolean; egress: boolean }>();
  for (const policy of policies) {
    const { ingress, egress } = directionsOf(policy.spec);
    for (const { key } of subjectsOf(selection, policy)) {
      const old = applied.get(key) ?? { count: 0, ingress: false, egress: false };
      applied.set(key, { count: old.count + 1, ingress: old.ingress || ingress, egress: old.egress || egress });
    }
  }
  const states = new Map<string, WorkloadStatus>(
    reports.flatMap(({ status }) =>
      (status?.workloads ?? []).map(
        (workload) => [`${workload.ref.namespace}/${workload.ref.name}`, workload] as const,
      ),
    ),
  );
  return endpointsOf(selection.selectables).map((endpoint) => {
    const { count, ingress, egress } = applied.get(endpoint.key) ?? { count: 0, ingress: false, egress: false };
    const workload = states.get(endpoint.key);
    const labels = Object.entries(endpoint.labels)
      .filter(([key]) => !key.startsWith("projectcalico.org/"))
      .map(([key, value]) => `${key}=${value}`)
      .join(" ");
    const text = endpointText(endpoint);
    return {
      endpoint,
      text,
      state: workload?.detail ?? workload?.state ?? "not reported",
      severity:
        workload === undefined
          ? "unknown"
          : workload.state === "up"
            ? "ok"
            : workload.state === "error"
              ? "critical"
              : "warning",
      policies: count,
      protection: ingress && egress ? "both ways" : ingress ? "ingress" : egress ? "egress" : "not at all",
      labels,
      searchable:
        `${text} ${endpoint.objectName} ${endpoint.node} ${endpoint.addresses.join(" ")} ${labels}`.toLowerCase(),
    };
  });
}

export type InForce = Pick<TierColumn, "name" | "defaultAction" | "cards">;

/** What is in force in one direction, as the engine told and in its order. What was deleted since it told is left out. */
export function inForce(
  { tiers }: EffectiveView,
  direction: "ingress" | "egress",
  policies: ReadonlyMap<string, PolicyObject>,
): readonly InForce[] {
  return tiers.flatMap(({ tier, defaultAction, [direction]: refs }) => {
    const cards = refs.flatMap(({ kind, name, namespace }) => {
      const policy = policies.get(formatRef(namespace === undefined ? { kind, name } : { kind, namespace, name }));
      return policy === undefined ? [] : [cardOf(policy)];
    });
    return cards.length === 0 ? [] : [{ name: tier, defaultAction, cards }];
  });
}
