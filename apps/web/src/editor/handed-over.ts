/**
 * A text that a page hands to the editor that it opens: `from=pasted` stands for it in the address, which never holds the text itself. Kept
 * as long as the tab, in the browser's storage where that has room.
 */
import { useSyncExternalStore } from "react";

export const PASTED = "pasted";

const KEY = "percale.pasted";

type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface Handover {
  readonly give: (text: string) => void;
  /** Undefined in another tab than that which was handed it. */
  readonly held: () => string | undefined;
  /** The same address may be handed another text while it is shown. */
  readonly subscribe: (heard: () => void) => () => void;
}

export function createHandover(shelf: () => Shelf): Handover {
  let text: string | undefined;
  const listeners = new Set<() => void>();
  return {
    give: (given) => {
      text = given;
      attempt(() => shelf().removeItem(KEY)); // where there is no room for it, what came before must not come back either
      attempt(() => shelf().setItem(KEY, given));
      for (const heard of listeners) heard();
    },
    held: () => (text ??= attempt(() => shelf().getItem(KEY)) ?? undefined),
    subscribe: (heard) => {
      listeners.add(heard);
      return () => void listeners.delete(heard);
    },
  };
}

/** Where a browser keeps nothing, nothing is kept. */
function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

const handover = createHandover(() => sessionStorage);

export const handOver = handover.give;
export const handedOver = handover.held;

export function useHandedOver(): string | undefined {
  return useSyncExternalStore(handover.subscribe, handover.held, () => undefined);
}
