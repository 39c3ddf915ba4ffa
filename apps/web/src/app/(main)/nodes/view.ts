import { condition } from "@percale/protocol";
import type { AgentStatus, Condition, WorkloadStatus } from "@percale/protocol";
import { counted, formatCount } from "../../../words/number.ts";

/** One node as the API knows it: the Node object, and what its agent last said, if it ever did. */
export interface NodeReport {
  readonly name: string;
  readonly addresses: readonly string[];
  /** The agent's stream stands now. */
  readonly connected: boolean;
  /** RFC 3339 of its last word. */
  readonly heardAt?: string | undefined;
  readonly status?: AgentStatus | undefined;
}

export type Severity = "critical" | "warning" | "info" | "ok" | "unknown";

export interface NodeRow {
  readonly name: string;
  readonly severity: Severity;
  /** The worst thing about it, in two or three words. */
  readonly title: string;
  readonly behind: number;
  readonly report: NodeReport;
  readonly sessionsUp: number;
  readonly sessions: number;
}

const RANK: Readonly<Record<Severity, number>> = { critical: 0, unknown: 1, warning: 2, info: 3, ok: 4 };

/** Worst first, then by name with numbers in their order. */
export function nodeRows(reports: readonly NodeReport[]): readonly NodeRow[] {
  return reports
    .map(nodeRow)
    .sort((a, b) => RANK[a.severity] - RANK[b.severity] || b.behind - a.behind || compareNames(a.name, b.name));
}

export function nodeRow(report: NodeReport): NodeRow {
  const { status } = report;
  const sessions = status?.sessions ?? [];
  return {
    name: report.name,
    behind: status === undefined ? 0 : behindOf(status),
    report,
    sessions: sessions.length,
    sessionsUp: sessions.filter((session) => session.state === "Established").length,
    ...judge(report),
  };
}

/** Revisions received and not yet in the kernel. */
function behindOf({ appliedRevision, programmedRevision }: AgentStatus): number {
  return Math.max(0, appliedRevision - programmedRevision);
}

const WORKLOAD_SEVERITIES: Readonly<Record<string, Severity>> = {
  up: "ok",
  down: "warning",
  error: "critical",
} satisfies Record<WorkloadStatus["state"], Severity>;

/** A state that only newer agents know is worth a look. */
export function workloadSeverity({ state }: Pick<WorkloadStatus, "state">): Severity {
  return WORKLOAD_SEVERITIES[state] ?? "warning";
}

function judge({ name, status, connected }: NodeReport): { severity: Severity; title: string } {
  if (status === undefined) return { severity: "unknown", title: connected ? "Not reported yet" : "No agent" };
  if (!connected) return { severity: "critical", title: condition.AgentSilent({ node: name, detail: "" }).title };
  const worst = worstOf(status.conditions);
  if (worst?.severity === "error") return { severity: "critical", title: worst.title };
  if (!status.inSync) return { severity: "warning", title: "Not in sync" };
  if (status.programmedRevision < status.appliedRevision) return { severity: "warning", title: "Programming" };
  if (worst?.severity === "warning") return { severity: "warning", title: worst.title };
  const down = status.sessions.filter((session) => session.state !== "Established").length;
  if (down > 0) return { severity: "warning", title: `${counted(down, "BGP session")} down` };
  if (worst !== undefined) return { severity: "info", title: worst.title };
  return { severity: "ok", title: "healthy" };
}

export function worstOf(conditions: readonly Condition[]): Condition | undefined {
  const rank = { error: 0, warning: 1, info: 2 };
  return conditions.toSorted((a, b) => rank[a.severity] - rank[b.severity])[0];
}

/** What its agent says, and what the API found about it from more than one report. */
export function nodeConditions(
  node: string,
  own: readonly Condition[],
  all: readonly (Condition & { readonly source: string; readonly nodes?: readonly string[] })[],
): readonly Condition[] {
  const isOwn = (one: Condition): boolean => own.some(({ code, detail }) => code === one.code && detail === one.detail);
  const found = all.filter((one) => (one.nodes ?? [one.source]).includes(node) && !isOwn(one));
  return [...own, ...found];
}

/** "2 of 3 nodes enforce the newest policy." with the exceptions behind it. */
export function nodesVerdict(rows: readonly NodeRow[], head: number): { readonly lead: string; readonly rest: string } {
  if (rows.length === 0) return { lead: "No node has joined.", rest: "Start an agent to see it here." };
  const current = rows.filter(
    (row) => row.report.connected && row.report.status !== undefined && row.behind === 0,
  ).length;
  const lead =
    current < rows.length
      ? `${current} of ${counted(rows.length, "node")} enforce revision ${formatCount(head)}.`
      : `${rows.length === 1 ? "The only node enforces" : `All ${rows.length} nodes enforce`} revision ${formatCount(head)}.`;
  const bad = rows.filter((row) => row.severity !== "ok");
  const rest =
    bad.length === 0
      ? "All healthy."
      : bad
          .slice(0, 3)
          .map((row) => `${row.name}: ${row.title}`)
          .join("; ") + (bad.length > 3 ? `; and ${bad.length - 3} more` : "");
  return { lead, rest };
}

export function compareNames(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
