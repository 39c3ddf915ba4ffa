import type { Condition } from "@percale/protocol";
import { Icon, type IconName } from "./icon.tsx";

export type Severity = "critical" | "warning" | "info" | "ok" | "unknown";

interface Mark {
  readonly icon: IconName;
  readonly tone: string;
  readonly word: string;
  /** Of a text beside the mark. */
  readonly text: string;
}

const MARKS: Readonly<Record<Severity, Mark>> = {
  critical: { icon: "crit", tone: "deny", word: "critical", text: "deny" },
  warning: { icon: "warn", tone: "warn", word: "warning", text: "warn" },
  info: { icon: "info", tone: "unk", word: "info", text: "muted" },
  ok: { icon: "allow", tone: "allow", word: "healthy", text: "muted" },
  unknown: { icon: "nomatch", tone: "unk", word: "no data", text: "muted" },
};

/** A severity's shape and colour; alone it carries its word for those who see neither. */
export function SeverityMark({ severity, text }: { readonly severity: Severity; readonly text?: string }) {
  const { icon, tone, word, text: textClass } = MARKS[severity];
  if (text === undefined) return <Icon name={icon} className={tone} label={word} />;
  return (
    <span className="st">
      <Icon name={icon} className={tone} />
      <span className={textClass}>{text}</span>
    </span>
  );
}

/** `error` of a condition is what people call critical. */
export const CONDITION_SEVERITIES: Readonly<Record<Condition["severity"], Severity>> = {
  info: "info",
  warning: "warning",
  error: "critical",
};
