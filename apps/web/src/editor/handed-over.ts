/**
 * A text that a page hands to the editor that it opens: `from=pasted` stands for it in the address, which never holds the text itself. Kept
 * as long as the tab.
 */
export const PASTED = "pasted";

const KEY = "percale.pasted";

export function handOver(text: string): void {
  sessionStorage.setItem(KEY, text);
}

/** Undefined in another tab than that which was handed it. */
export function handedOver(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}
