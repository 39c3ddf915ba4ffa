import { Icon, type IconName } from "./icon.tsx";

const MARKS: Readonly<Record<string, { readonly icon: IconName; readonly tone: string }>> = {
  allow: { icon: "allow", tone: "a" },
  deny: { icon: "deny", tone: "d" },
  pass: { icon: "pass", tone: "p" },
  log: { icon: "log", tone: "n" },
};

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

export function verdictMark(action: string | undefined): { readonly icon: IconName; readonly tone: string } {
  return MARKS[action?.toLowerCase() ?? ""] ?? { icon: "nomatch", tone: "n" };
}

/** The colour class of an action's word in a sentence. */
export function actionClass(action: string): string {
  const words: Readonly<Record<string, string>> = { allow: "allow", deny: "deny", pass: "pass", log: "unk" };
  return words[action.toLowerCase()] ?? "unk";
}
