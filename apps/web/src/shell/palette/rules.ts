import { formatRef, refOf } from "@percale/resources";
import { nameOf } from "../../app/(main)/activity/view.ts";
import type { PolicyObject, RuleSpec } from "../../policy/spec.ts";
import { ruleText } from "../../policy/sentence.ts";
import { iconOf } from "../../parts/kind-icon.ts";
import { formatOpen } from "../../words/kinds.ts";
import { type Entry, MAX } from "./entry.ts";

/** What a text such as `deny 443 shop` asks of rules. */
export interface RuleQuestion {
  readonly action: string;
  readonly port: number | undefined;
  /** Each is a part of the policy's name or namespace. */
  readonly words: readonly string[];
}

const ACTIONS: ReadonlySet<string> = new Set(["allow", "deny", "pass", "log"]);

/** Undefined for a text that does not begin with an action, so that it stays a search. */
export function parseRuleQuestion(text: string): RuleQuestion | undefined {
  const [action = "", ...rest] = text.trim().toLowerCase().split(/\s+/);
  if (!ACTIONS.has(action) || rest.length === 0) return undefined;
  const ports = rest.filter((word) => /^\d+$/.test(word)).map(Number);
  return { action, port: ports[0], words: rest.filter((word) => !/^\d+$/.test(word)) };
}

/** Rules of policies that answer to it, each with the way to its policy. */
export function rulesFor({ action, port, words }: RuleQuestion, policies: readonly PolicyObject[]): readonly Entry[] {
  return policies
    .filter(({ metadata }) => words.every((word) => `${metadata.namespace ?? ""}/${metadata.name}`.includes(word)))
    .flatMap((policy) =>
      (["ingress", "egress"] as const).flatMap((direction) =>
        (policy.spec[direction] ?? []).flatMap((rule, index) =>
          rule.action?.toLowerCase() === action && isAbout(rule, port) ? [entryOf(policy, direction, index, rule)] : [],
        ),
      ),
    )
    .slice(0, MAX);
}

function entryOf(policy: PolicyObject, direction: "ingress" | "egress", index: number, rule: RuleSpec): Entry {
  const ref = refOf(policy);
  return {
    id: `rule ${formatRef(ref)} ${direction} ${index}`,
    icon: iconOf(ref.kind),
    name: nameOf(ref),
    detail: `${direction} rule ${index + 1}: ${ruleText(rule)}`,
    verb: "Open rule",
    does: { go: `/policies?open=${formatOpen(ref)}` },
  };
}

/** A rule without ports is about each of them. */
function isAbout({ destination }: RuleSpec, port: number | undefined): boolean {
  const ports = destination?.ports ?? [];
  if (port === undefined || ports.length === 0) return true;
  return ports.some((text) => {
    const [first = Number.NaN, last = first] = String(text).split(":").map(Number);
    return first <= port && port <= last;
  });
}
