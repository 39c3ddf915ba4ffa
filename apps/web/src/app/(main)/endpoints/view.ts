import type { BothWays, EffectiveView, EffectiveTier } from "@percale/api";
import type { WorkloadStatus } from "@percale/protocol";
import { formatRef } from "@percale/resources";
import type { Coverage } from "../../../policy/coverage.ts";
import { isUntold, type Untold } from "../../../words/untold.ts";
import { type Endpoint, endpointText } from "../../../policy/endpoint.ts";
import type { PolicyObject } from "../../../policy/spec.ts";
import { heardWords, type NodeReport, type Severity, workloadSeverity } from "../nodes/view.ts";
import { cardOf, type TierColumn } from "../policies/view.ts";

export interface EndpointRow {
  readonly endpoint: Endpoint;
  readonly text: string;
  readonly state: string;
  readonly severity: Severity;
  /** Policies in force on it. */
  readonly policies: number | Untold;
  readonly protection: BothWays | Untold;
  readonly labels: string;
  readonly searchable: string;
}

/** Endpoints with what protects them, as far as it is known, and what their node says of their interface. */
export function endpointRows(
  endpoints: readonly Endpoint[],
  coverage: Coverage | Untold,
  reports: readonly NodeReport[] | undefined,
): readonly EndpointRow[] {
  const states = new Map<string, ReturnType<typeof stateOf>>(
    (reports ?? []).flatMap((report) =>
      (report.status?.workloads ?? []).map(
        (workload) => [`${workload.ref.namespace}/${workload.ref.name}`, stateOf(workload, report)] as const,
      ),
    ),
  );
  return endpoints.map((endpoint) => {
    const covered = isUntold(coverage) ? coverage : (coverage.get(endpoint.key) ?? "waiting");
    const state = states.get(endpoint.key);
    const labels = Object.entries(endpoint.labels)
      .filter(([key]) => !key.startsWith("projectcalico.org/"))
      .map(([key, value]) => `${key}=${value}`)
      .join(" ");
    const text = endpointText(endpoint);
    return {
      endpoint,
      text,
      state: state?.words ?? (reports === undefined ? "unknown" : "not reported"),
      severity: state?.severity ?? "unknown",
      policies: isUntold(covered) ? covered : covered.count,
      protection: isUntold(covered) ? covered : (covered.protection ?? "unknown"),
      labels,
      searchable:
        `${text} ${endpoint.objectName} ${endpoint.node} ${endpoint.addresses.join(" ")} ${labels}`.toLowerCase(),
    };
  });
}

/** "3 open inwards, 12 outwards". */
export function openWords(rows: readonly EndpointRow[]): string {
  const open = (direction: "ingress" | "egress") =>
    rows.filter(({ protection }) => !isUntold(protection) && protection[direction].is === "open").length;
  return `${open("ingress")} open inwards, ${open("egress")} outwards`;
}

/** Of a node whose agent is not heard it is the past, and no severity. */
function stateOf(
  workload: WorkloadStatus,
  report: NodeReport,
): { readonly words: string; readonly severity: Severity } {
  const words = workload.detail ?? workload.state;
  if (report.hearing === "heard") return { words, severity: workloadSeverity(workload) };
  return { words: `${words}, ${heardWords(report)}`, severity: report.hearing === "late" ? "warning" : "unknown" };
}

export interface InForce extends Pick<TierColumn, "name" | "defaultAction" | "cards"> {
  readonly reach: NonNullable<EffectiveTier["reach"]["ingress"]>;
}

/** What is in force in one direction, as the engine told and in its order. What was deleted since it told is left out. */
export function inForce(
  { tiers }: EffectiveView,
  direction: "ingress" | "egress",
  policies: ReadonlyMap<string, PolicyObject>,
): readonly InForce[] {
  return tiers.flatMap(({ tier, defaultAction, [direction]: refs, reach: { [direction]: reach } }) => {
    const cards = refs.flatMap(({ kind, name, namespace }) => {
      const policy = policies.get(formatRef(namespace === undefined ? { kind, name } : { kind, namespace, name }));
      return policy === undefined ? [] : [cardOf(policy)];
    });
    return cards.length === 0 || reach === undefined ? [] : [{ name: tier, defaultAction, cards, reach }];
  });
}
