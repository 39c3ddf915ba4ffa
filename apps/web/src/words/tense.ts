import { formatClock } from "./time.ts";

/** How a sentence about the network is said: of the past once nothing of it is heard any more. */
export interface Tense {
  readonly isPast: boolean;
  /** The form that fits: `verb("enforce", "enforced")`. */
  readonly verb: (now: string, then: string) => string;
  /** The whole sentence, opened by when it was so. */
  readonly say: (sentence: string) => string;
}

export const PRESENT: Tense = { isPast: false, verb: (now) => now, say: (sentence) => sentence };

/** "As of 16:45:20 UTC, all 3 nodes enforced revision 62". */
export function tenseOf(atMs: number): Tense {
  return {
    isPast: true,
    verb: (_, then) => then,
    say: (sentence) => `As of ${formatClock(atMs)}, ${lowered(sentence)}`,
  };
}

/** Inside a sentence words begin small; what is written in capitals stays: BGP. */
export function lowered(sentence: string): string {
  return /^[A-Z][a-z ]/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}
