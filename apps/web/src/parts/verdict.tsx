import type { PolicyRule } from "@percale/resources/catalog";
import { Icon, type IconName } from "./icon.tsx";

interface Mark {
  readonly icon: IconName;
  readonly tone: string;
  /** The colour class of the action's word in a sentence. */
  readonly word: string;
}

/** What is none of these is being typed, or comes from another version. */
const MARKS: Readonly<Record<string, Mark>> = {
  allow: { icon: "allow", tone: "a", word: "allow" },
  deny: { icon: "deny", tone: "d", word: "deny" },
  pass: { icon: "pass", tone: "p", word: "pass" },
  log: { icon: "log", tone: "n", word: "unk" },
} satisfies Record<Lowercase<PolicyRule["action"]>, Mark>;
const NO_MARK: Mark = { icon: "nomatch", tone: "n", word: "unk" };

/** A verdict is a mark and a word; colour only repeats it. `action` in any case. */
export function Verdict({ action, word }: { readonly action: string; readonly word?: string }) {
  const mark = verdictMark(action);
  return (
    <span className={`v ${mark.tone}`}>
      <Icon name={mark.icon} />
      {word ?? action}
    </span>
  );
}

export function verdictMark(action: string | undefined): Mark {
  return MARKS[action?.toLowerCase() ?? ""] ?? NO_MARK;
}
