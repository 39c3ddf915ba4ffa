import type { ProtectionView } from "@percale/api";
import type { SessionCounts } from "@percale/bgp/standing";
import type { Condition } from "@percale/protocol";
import { counted, formatCount } from "../../words/number.ts";
import { PRESENT, type Tense } from "../../words/tense.ts";
import type { NodeRow, Severity } from "./nodes/view.ts";

export interface Stat {
  readonly href: string;
  readonly title: string;
  /** Undefined while nobody can say. */
  readonly value: string | undefined;
  readonly of?: number;
  readonly tone: "ok" | "warning" | "critical";
  readonly text: string;
}

/** Of those that are open inwards: who has the last word, and how many let everything out. */
export function openWords({ ingress, egress }: Pick<ProtectionView, "ingress" | "egress">): string {
  const byProfile = ingress.byProfile === 0 ? "none by profile" : `${formatCount(ingress.byProfile)} by profile`;
  return egress.open === 0 ? byProfile : `${byProfile}, ${formatCount(egress.open)} outwards`;
}

interface Facts {
  readonly rows: readonly NodeRow[];
  /** Undefined while nobody can say. */
  readonly sessions: SessionCounts | undefined;
  readonly conditions: readonly Pick<Condition, "severity" | "title">[];
  /** Probed pairs where kernel and evaluator disagree. */
  readonly differing: number;
  readonly loaded: boolean;
  readonly tense?: Tense;
}

/** The state of the network in one sentence, the worst thing first; the other things behind it. */
export function overviewVerdict({ rows, sessions, conditions, differing, loaded, tense = PRESENT }: Facts): {
  readonly severity: Severity;
  readonly text: string;
  readonly causes: string;
} {
  if (!loaded) return { severity: "unknown", text: "Looking at the network", causes: "" };
  if (rows.length === 0) {
    return {
      severity: "info",
      text: "No node has joined yet",
      causes: "Start an agent on a node, or bring up the lab with percale lab up.",
    };
  }
  const { say, verb } = tense;
  const lost = rows.filter(({ report }) => report.hearing === "lost" || report.status === undefined);
  const silent = rows.filter(({ report }) => report.hearing === "late");
  const unknown = rows.filter(({ report }) => report.hearing === "unknown" && report.status !== undefined);
  const late = rows.filter((row) => row.behind > 0);
  const errors = conditions.filter((condition) => condition.severity === "error");
  const { established = 0, total = 0 } = sessions ?? {};
  const down = total - established;
  const areWere = (count: number): string => verb(count === 1 ? "is" : "are", count === 1 ? "was" : "were");
  const findings: { readonly severity: Severity; readonly text: string }[] = [];
  if (late.length > 0)
    findings.push({
      severity: "critical",
      text: `${counted(late.length, "node")} ${verb(late.length === 1 ? "does" : "do", "did")} not enforce the newest policy`,
    });
  if (lost.length > 0)
    findings.push({
      severity: "critical",
      text: `${counted(lost.length, "agent")} ${areWere(lost.length)} no longer heard`,
    });
  if (errors.length > 0)
    findings.push({
      severity: "critical",
      text: errors.length === 1 ? (errors[0]?.title ?? "") : `${errors.length} errors are reported`,
    });
  if (differing > 0)
    findings.push({
      severity: "critical",
      text: `${counted(differing, "probed pair")} ${verb(differing === 1 ? "differs" : "differ", "differed")} from the policy`,
    });
  if (silent.length > 0)
    findings.push({
      severity: "warning",
      text:
        silent.length === 1
          ? `${silent[0]!.name} was heard ${silent[0]!.report.silent} ago`
          : `${silent.length} agents are late`,
    });
  if (down > 0)
    findings.push({
      severity: "warning",
      text: `${counted(down, "BGP session")} ${areWere(down)} not established`,
    });
  const warnings = conditions.filter((condition) => condition.severity === "warning");
  if (warnings.length > 0)
    findings.push({
      severity: "warning",
      text: warnings.length === 1 ? (warnings[0]?.title ?? "") : `${warnings.length} warnings`,
    });
  const [first, ...rest] = findings;
  if (first === undefined && unknown.length > 0)
    return {
      severity: "unknown",
      text: `${counted(unknown.length, "agent")} ${areWere(unknown.length)} not heard yet`,
      causes: "",
    };
  if (first === undefined) {
    return {
      severity: tense.isPast ? "unknown" : "ok",
      text: say(
        rows.length === 1
          ? `The node ${verb("enforces", "enforced")} the newest policy`
          : `All ${rows.length} nodes ${verb("enforce", "enforced")} the newest policy`,
      ),
      causes:
        total > 0
          ? `${counted(total, "BGP session")} ${areWere(total)} established, nothing ${areWere(1)} reported.`
          : `Nothing ${areWere(1)} reported.`,
    };
  }
  return {
    severity: tense.isPast ? "unknown" : first.severity,
    text: say(first.text),
    causes: rest.map((finding) => finding.text).join(" · "),
  };
}
