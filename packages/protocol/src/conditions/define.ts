import { brief } from "@percale/resources/catalog";
import type { ObjectRef } from "@percale/resources";
import type { Condition } from "../messages.ts";

export type Severity = Condition["severity"];
/** A condition before anybody knows how long it has been so. */
export type RaisedCondition = Omit<Condition, "since">;

type From<Facts, T> = T | ((facts: Facts) => T);

interface Declaration<Facts> {
  /** Stable, PascalCase: people search for it. */
  readonly code: string;
  readonly severity: From<Facts, Severity>;
  /** What it is told of, in words. */
  readonly about: string;
  readonly title: From<Facts, string>;
  readonly advice: From<Facts, string>;
  /** One sentence for the reference: what is so, and what works all the same. */
  readonly means: string;
  /** Where the cause shows: logs, commands, pages. */
  readonly look: string;
  /** Facts as the reference shows them, one for each wording; they also say which facts there are. */
  readonly samples?: readonly [Facts, ...Facts[]];
}

/** What was seen, in the words of the kernel, BIRD or the database; of long ones the beginning is told. */
interface Seen {
  readonly detail: string;
  /** The object at fault, where one is. */
  readonly ref?: ObjectRef;
}

/** One wording of a condition. */
export type ConditionWords = Pick<Condition, "severity" | "title" | "advice">;

/** What the register says of a condition. */
export interface ConditionEntry {
  readonly code: string;
  readonly about: string;
  readonly means: string;
  readonly look: string;
  /** Every wording, in the order of the samples. */
  readonly wordings: readonly ConditionWords[];
}

/** A condition that somebody may raise: called with what was seen, and the facts that its words need. */
export interface ConditionKind<Facts> extends ConditionEntry {
  (seen: Seen & Facts): RaisedCondition;
}

export function defineCondition<Facts extends object>(declaration: Declaration<Facts>): ConditionKind<Facts> {
  const { code, about, means, look, samples = [{} as Facts] } = declaration; // without samples there are no facts
  const words = (facts: Facts): ConditionWords => ({
    severity: resolved(declaration.severity, facts),
    title: resolved(declaration.title, facts),
    advice: resolved(declaration.advice, facts),
  });
  const raise = (seen: Seen & Facts): RaisedCondition => ({
    code,
    ...words(seen),
    detail: brief(seen.detail),
    ...(seen.ref !== undefined && { ref: seen.ref }),
  });
  return Object.assign(raise, { code, about, means, look, wordings: samples.map(words) });
}

function resolved<Facts, T extends string>(from: From<Facts, T>, facts: Facts): T {
  return typeof from === "function" ? from(facts) : from;
}
