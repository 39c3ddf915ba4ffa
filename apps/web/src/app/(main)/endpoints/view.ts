import type { WorkloadStatus } from "@percale/protocol";
import { type Endpoint, endpointText } from "../../../policy/endpoint.ts";
import { type Selectable, selectedBy } from "../../../policy/selection.ts";
import { directionsOf, type PolicyObject } from "../../../policy/spec.ts";
import type { NodeReport, Severity } from "../nodes/view.ts";

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
  all: readonly Selectable[],
  policies: readonly PolicyObject[],
  reports: readonly NodeReport[],
): readonly EndpointRow[] {
  const applied = new Map<string, { count: number; ingress: boolean; egress: boolean }>();
  for (const policy of policies) {
    const { ingress, egress } = directionsOf(policy.spec);
    for (const { key } of selectedBy(all, policy)) {
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
  return all.map(({ endpoint }) => {
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
