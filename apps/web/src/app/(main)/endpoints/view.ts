import type { BothWays, EffectiveTier, EffectiveView, EndpointRowView, ProtectionView } from "@percale/api";
import type { WorkloadStatus } from "@percale/protocol";
import { formatRef, type KubeObject } from "@percale/resources/catalog";
import type { Coverage } from "../../../policy/coverage.ts";
import { isUntold, type Untold } from "../../../words/untold.ts";
import { endpointText } from "../../../policy/endpoint.ts";
import type { PolicyObject } from "../../../policy/spec.ts";
import { formatCount } from "../../../words/number.ts";
import { heardWords, type NodeReport, type Severity, workloadSeverity } from "../nodes/view.ts";

export interface EndpointRow {
  readonly endpoint: EndpointRowView;
  readonly text: string;
  readonly state: string;
  readonly severity: Severity;
  /** Policies in force on it. */
  readonly policies: number | Untold;
  readonly protection: BothWays | Untold;
  readonly labels: string;
}

interface State {
  readonly words: string;
  readonly severity: Severity;
}

/** What agents say of interfaces, by the endpoint's `namespace/name`; undefined before anybody is known to say anything. */
export type States = ReadonlyMap<string, State> | undefined;

export function statesOf(reports: readonly NodeReport[] | undefined): States {
  if (reports === undefined) return undefined;
  return new Map(
    reports.flatMap((report) =>
      (report.status?.workloads ?? []).map(
        (workload) => [`${workload.ref.namespace}/${workload.ref.name}`, stateOf(workload, report)] as const,
      ),
    ),
  );
}

/** Endpoints that need a look, the worst first. */
export function unwellOf(states: States): readonly string[] {
  return [...(states ?? [])]
    .filter(([, { severity }]) => severity !== "ok")
    .sort(([, a], [, b]) => a.severity.localeCompare(b.severity))
    .map(([key]) => key);
}

/** An endpoint with what protects it, as far as it is known, and what its node says of its interface. */
export function endpointRow(
  endpoint: EndpointRowView,
  { coverage, states }: { readonly coverage: Coverage | Untold; readonly states: States },
): EndpointRow {
  const covered = isUntold(coverage) ? coverage : (coverage.get(endpoint.key) ?? "waiting");
  const state = states?.get(endpoint.key);
  const labels = Object.entries(endpoint.labels).filter(([key]) => !key.startsWith("projectcalico.org/"));
  return {
    endpoint,
    text: endpointText(endpoint),
    state: state?.words ?? (states === undefined ? "unknown" : "not reported"),
    severity: state?.severity ?? "unknown",
    policies: isUntold(covered) ? covered : covered.count,
    protection: isUntold(covered) ? covered : (covered.protection ?? "unknown"),
    labels: labels.map(([key, value]) => `${key}=${value}`).join(" "),
  };
}

/** "3 open inwards, 12 outwards". */
export function openWords({ ingress, egress }: Pick<ProtectionView, "ingress" | "egress">): string {
  return `${formatCount(ingress.open)} open inwards, ${formatCount(egress.open)} outwards`;
}

/** Of a node whose agent is not heard it is the past, and no severity. */
function stateOf(workload: WorkloadStatus, report: NodeReport): State {
  const words = workload.detail ?? workload.state;
  if (report.hearing === "heard") return { words, severity: workloadSeverity(workload) };
  return { words: `${words}, ${heardWords(report)}`, severity: report.hearing === "late" ? "warning" : "unknown" };
}

export interface InForce {
  readonly name: string;
  readonly defaultAction: string;
  readonly policies: readonly PolicyObject[];
  readonly reach: NonNullable<EffectiveTier["reach"]["ingress"]>;
}

/** What is in force in one direction, as the engine told and in its order. What was deleted since it told is left out. */
export function inForce(
  { tiers }: EffectiveView,
  direction: "ingress" | "egress",
  known: ReadonlyMap<string, KubeObject>,
): readonly InForce[] {
  return tiers.flatMap(({ tier, defaultAction, [direction]: refs, reach: { [direction]: reach } }) => {
    const policies = refs.flatMap((ref) => (known.get(formatRef(ref)) as PolicyObject | undefined) ?? []);
    return policies.length === 0 || reach === undefined ? [] : [{ name: tier, defaultAction, policies, reach }];
  });
}
