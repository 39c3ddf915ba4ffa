import type { Notices } from "./records.ts";

/** Hands what was called out to all who listen. */
export class NoticeFeed {
  readonly #listeners = new Set<(text: string) => void>();

  readonly tell = (text: string): void => {
    for (const listener of this.#listeners) listener(text);
  };

  /** `say` is the driver's: it brings the text to the feeds of all processes. */
  notices(say: Notices["say"]): Notices {
    return {
      say,
      on: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
    };
  }
}
