import type { ProtectionView } from "@percale/api";
import type { Condition } from "@percale/protocol";
import { counted, formatCount } from "../../words/number.ts";
import type { Session } from "./bgp/view.ts";
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
  const byProfile =
    ingress.byProfile === 0 ? "every one ends in a policy" : `${formatCount(ingress.byProfile)} end in profiles`;
  return egress.open === 0 ? byProfile : `${byProfile}, ${formatCount(egress.open)} open outwards`;
}

interface Facts {
  readonly rows: readonly NodeRow[];
  readonly sessions: readonly Session[];
  readonly conditions: readonly Pick<Condition, "severity" | "title">[];
  /** Probed pairs where kernel and evaluator disagree. */
  readonly differing: number;
  readonly loaded: boolean;
}

/** The state of the network in one sentence, the worst thing first; the other things behind it. */
export function overviewVerdict({ rows, sessions, conditions, differing, loaded }: Facts): {
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
  const lost = rows.filter((row) => !row.report.connected || row.report.status === undefined);
  const late = rows.filter((row) => row.behind > 0);
  const errors = conditions.filter((condition) => condition.severity === "error");
  const down = sessions.filter((session) => session.state !== "Established").length;
  const findings: { readonly severity: Severity; readonly text: string }[] = [];
  if (late.length > 0)
    findings.push({
      severity: "critical",
      text: `${counted(late.length, "node")} ${late.length === 1 ? "does" : "do"} not enforce the newest policy`,
    });
  if (lost.length > 0)
    findings.push({
      severity: "critical",
      text: `${counted(lost.length, "agent")} ${lost.length === 1 ? "is" : "are"} not heard`,
    });
  if (errors.length > 0)
    findings.push({
      severity: "critical",
      text: errors.length === 1 ? (errors[0]?.title ?? "") : `${errors.length} errors are reported`,
    });
  if (differing > 0)
    findings.push({
      severity: "critical",
      text: `${counted(differing, "probed pair")} ${differing === 1 ? "differs" : "differ"} from the policy`,
    });
  if (down > 0)
    findings.push({
      severity: "warning",
      text: `${counted(down, "BGP session")} ${down === 1 ? "is" : "are"} not established`,
    });
  const warnings = conditions.filter((condition) => condition.severity === "warning");
  if (warnings.length > 0)
    findings.push({
      severity: "warning",
      text: warnings.length === 1 ? (warnings[0]?.title ?? "") : `${warnings.length} warnings`,
    });
  const [first, ...rest] = findings;
  if (first === undefined) {
    return {
      severity: "ok",
      text:
        rows.length === 1
          ? "The node enforces the newest policy"
          : `All ${rows.length} nodes enforce the newest policy`,
      causes:
        sessions.length > 0
          ? `${sessions.length} BGP sessions are established, nothing is reported.`
          : "Nothing is reported.",
    };
  }
  return { ...first, causes: rest.map((finding) => finding.text).join(" · ") };
}
