import type { FoundRule } from "@percale/api";
import { formatRef } from "@percale/resources/catalog";
import { nameOf } from "../../app/(main)/activity/view.ts";
import { iconOf } from "../../parts/kind-icon.ts";
import { ruleText } from "../../policy/sentence.ts";
import { formatOpen } from "../../words/kinds.ts";
import type { Entry } from "./entry.ts";

/** A rule that was found, as a sentence, with the way to its policy. */
export function ruleEntry({ ref, direction, index, rule }: FoundRule): Entry {
  return {
    id: `rule ${formatRef(ref)} ${direction} ${index}`,
    icon: iconOf(ref.kind),
    name: nameOf(ref),
    detail: `${direction} rule ${index + 1}: ${ruleText(rule)}`,
    verb: "Open rule",
    does: { go: `/policies?open=${formatOpen(ref)}` },
  };
}
