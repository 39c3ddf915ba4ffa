import type { SessionCounts } from "@percale/bgp/standing";
import type { NodeReportView } from "@percale/api";
import type { Condition, Hearing, WorkloadStatus } from "@percale/protocol";
import { counted, formatCount } from "../../../words/number.ts";
import { lowered, PRESENT, type Tense } from "../../../words/tense.ts";

/** One node as the API knows it: the Node object, and what its agent last said, if it ever did. */
export interface NodeReport {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly hearing: Hearing;
  /** How long its agent has been silent: "8 s". */
  readonly silent?: string | undefined;
  /** RFC 3339 of its last report. */
  readonly reportedAt?: string | undefined;
  readonly status?: NodeReportView | undefined;
  /** Its BGP sessions, as both ends see them; absent until told. */
  readonly sessions?: SessionCounts | undefined;
}

export type Severity = "critical" | "warning" | "info" | "ok" | "unknown";

export interface NodeRow {
  readonly name: string;
  readonly severity: Severity;
  /** The worst thing about it, in two or three words. */
  readonly title: string;
  readonly behind: number;
  readonly report: NodeReport;
  readonly sessions: SessionCounts | undefined;
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
  return {
    name: report.name,
    behind: status === undefined ? 0 : behindOf(status),
    report,
    sessions: report.sessions,
    ...judge(report),
  };
}

/** Revisions received and not yet in the kernel. */
function behindOf({ appliedRevision, programmedRevision }: NodeReportView): number {
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

/** What is said of a node whose agent is silent; undefined of one that is heard. */
function silenceOf({ hearing, silent = "" }: NodeReport): { severity: Severity; title: string } | undefined {
  switch (hearing) {
    case "heard":
      return undefined;
    case "late":
      return { severity: "warning", title: `Heard ${silent} ago` };
    case "lost":
      return { severity: "critical", title: "No longer heard" };
    case "unknown":
      return { severity: "unknown", title: "Not heard yet" };
  }
}

/** The same in few words, where there is little room: that it is behind says more than why. */
export function briefTitle({ behind, title, report }: NodeRow): string {
  return behind > 0 && report.hearing === "heard" ? `${formatCount(behind)} behind` : title;
}

/** "heard now", "heard 8 s ago". */
export function heardWords({ hearing, silent }: Pick<NodeReport, "hearing" | "silent">): string {
  if (hearing === "heard") return "heard now";
  if (silent === undefined) return "not heard yet";
  return silent === "now" ? "heard now" : `heard ${silent} ago`;
}

function judge(report: NodeReport): { severity: Severity; title: string } {
  const { status, hearing, sessions } = report;
  if (status === undefined)
    return { severity: "unknown", title: hearing === "heard" ? "Not reported yet" : "No agent" };
  const silence = silenceOf(report);
  if (silence !== undefined) return silence;
  const worst = worstOf(status.conditions);
  if (worst?.severity === "error") return { severity: "critical", title: worst.title };
  if (!status.inSync) return { severity: "warning", title: "Not in sync" };
  const behind = behindOf(status);
  if (behind > 0) return { severity: "warning", title: `Behind ${counted(behind, "revision")}` };
  if (worst?.severity === "warning") return { severity: "warning", title: worst.title };
  const broken = sessions === undefined ? 0 : sessions.total - sessions.established - sessions.unheard;
  if (broken > 0) return { severity: "warning", title: `${counted(broken, "BGP session")} not established` };
  if (worst !== undefined) return { severity: "info", title: worst.title };
  return { severity: "ok", title: "Healthy" };
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

/** It says now that what it received is in its kernel. */
export function isCurrent({ report, behind }: NodeRow): boolean {
  return report.hearing === "heard" && report.status !== undefined && behind === 0;
}

/** "2 of 3 nodes enforce revision 40." with the exceptions behind it. */
export function nodesVerdict(
  rows: readonly NodeRow[],
  head: number,
  { say, verb }: Tense = PRESENT,
): { readonly lead: string; readonly rest: string } {
  if (rows.length === 0) return { lead: "No node has joined.", rest: "Start an agent to see it here." };
  const current = rows.filter(isCurrent).length;
  const who =
    current < rows.length
      ? `${current} of ${counted(rows.length, "node")} ${verb("enforce", "enforced")}`
      : rows.length === 1
        ? `The only node ${verb("enforces", "enforced")}`
        : `All ${rows.length} nodes ${verb("enforce", "enforced")}`;
  const lead = say(`${who} revision ${formatCount(head)}.`);
  const bad = rows.filter((row) => row.severity !== "ok");
  const rest =
    bad.length === 0
      ? verb("All healthy.", "")
      : bad
          .slice(0, 3)
          .map((row) => `${row.name}: ${lowered(row.title)}`)
          .join("; ") + (bad.length > 3 ? `; and ${bad.length - 3} more` : "");
  return { lead, rest };
}

/** Made once: a comparison that makes its own takes a hundred times as long. */
const names = new Intl.Collator("en", { numeric: true });

/** `node-2` before `node-10`. */
export function compareNames(a: string, b: string): number {
  return names.compare(a, b);
}
