import { NAV } from "../nav.ts";
import "../../styles/shortcuts.css";

const KEYS: readonly (readonly [does: string, keys: readonly string[]])[] = [
  ["Search, or ask a question", ["⌘", "K"]],
  ["Filter of the page", ["/"]],
  ["These shortcuts", ["?"]],
  ...NAV.flatMap(({ entries }) => entries).flatMap(({ title, key }) =>
    key === undefined ? [] : [[title, ["g", key]] as const],
  ),
  ["Next, previous row", ["j", "k"]],
  ["Open the panel of a row", ["↵"]],
  ["Move a policy in its tier", ["Alt", "↑↓"]],
  ["Move a policy to another tier", ["Alt", "←→"]],
  ["Review, then apply", ["⌘", "↵"]],
  ["Undo the last change", ["⌘", "Z"]],
  ["Pause the page, and go on", ["p"]],
  ["Close the panel", ["Esc"]],
];

/** Every key that does something, and what. */
export function ShortcutList() {
  return (
    <ul className="shortcuts">
      {KEYS.map(([does, combination]) => (
        <li key={does}>
          <span>{does}</span>
          <span>
            {combination.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}
