import type { Locator, Page } from "playwright-core";

/** How somebody works the dashboard: by mouse or by keys. Each call is one step of the person, as people count: a click, or one entry. */
export interface Hands {
  readonly page: Page;
  /** Steps so far. */
  readonly steps: number;
  /** Through the rail. */
  readonly goTo: (title: keyof typeof JUMPS) => Promise<void>;
  readonly press: (target: Locator) => Promise<void>;
  readonly type: (field: Locator, text: string) => Promise<void>;
  /** Two steps: the palette, and what is typed there, Enter included where it is `chosen`. */
  readonly ask: (text: string, answer: Locator, then?: "read" | "chosen") => Promise<void>;
  /** Puts a card of the board before the one above it. */
  readonly moveUp: (card: Locator, before: Locator) => Promise<void>;
  readonly undo: () => Promise<void>;
}

/** Second key after `g`. */
export const JUMPS = { Policies: "p", Activity: "a", "IP pools": "i", BGP: "b" } as const;
