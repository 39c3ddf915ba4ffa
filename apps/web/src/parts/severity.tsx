import { Icon, type IconName } from "./icon.tsx";

export type Severity = "critical" | "warning" | "info" | "ok" | "unknown";

const MARKS: Readonly<Record<Severity, { readonly icon: IconName; readonly tone: string; readonly word: string }>> = {
  critical: { icon: "crit", tone: "deny", word: "critical" },
  warning: { icon: "warn", tone: "warn", word: "warning" },
  info: { icon: "info", tone: "unk", word: "info" },
  ok: { icon: "allow", tone: "allow", word: "healthy" },
  unknown: { icon: "nomatch", tone: "unk", word: "no data" },
};

/** A severity's shape and colour; alone it carries its word for those who see neither. */
export function SeverityMark({ severity, text }: { readonly severity: Severity; readonly text?: string }) {
  const { icon, tone, word } = MARKS[severity];
  if (text === undefined) return <Icon name={icon} className={tone} label={word} />;
  const quiet = severity === "ok" || severity === "info" || severity === "unknown";
  return (
    <span className="st">
      <Icon name={icon} className={tone} />
      <span className={quiet ? "muted" : tone}>{text}</span>
    </span>
  );
}

/** `error` of a condition is what people call critical. */
export function severityOf(severity: "info" | "warning" | "error"): Severity {
  return severity === "error" ? "critical" : severity;
}
