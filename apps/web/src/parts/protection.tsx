import type { Protection } from "@percale/policy";
import { protectionSentence, protectionWords } from "../policy/protection.ts";
import { Icon, type IconName } from "./icon.tsx";

const MARKS: Readonly<Record<Protection["is"], { readonly icon: IconName; readonly tone: string }>> = {
  closed: { icon: "lock", tone: "muted" },
  partly: { icon: "pass", tone: "warn" },
  open: { icon: "warn", tone: "warn" },
};

/** How far one direction of an endpoint is closed; what has the last word stands in the tooltip, or beside it with `whole`. */
export function ProtectionMark({
  protection,
  whole = false,
}: {
  readonly protection: Protection;
  readonly whole?: boolean;
}) {
  const { icon, tone } = MARKS[protection.is];
  const sentence = protectionSentence(protection);
  return (
    <span className="st" title={whole ? undefined : sentence}>
      <Icon name={icon} className={tone} />
      <span className={tone}>{whole ? sentence : protectionWords(protection)}</span>
    </span>
  );
}
