import { useEffect, useSyncExternalStore } from "react";

export interface Title {
  readonly text: string;
  /** An object's exact name is monospace. */
  readonly mono?: boolean;
  readonly parents: readonly { readonly title: string; readonly href: string }[];
  /** Between the name and "Percale" in the tab's title: the kind. */
  readonly kind?: string;
}

const NONE: Title = { text: "Percale", parents: [] };
let current = NONE;
const listeners = new Set<() => void>();

/** What the header shows; a page sets it with `usePageTitle`. */
export function useTitle(): Title {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
    () => NONE,
  );
}

/** Names the page in the header and in the browser's tab. */
export function usePageTitle(
  text: string,
  more: Omit<Title, "text" | "parents"> & { parents?: Title["parents"] } = {},
): void {
  const { kind, mono } = more;
  const parents = more.parents ?? [];
  const parentKey = JSON.stringify(parents);
  useEffect(() => {
    current = {
      text,
      parents: JSON.parse(parentKey) as Title["parents"],
      ...(mono === undefined ? {} : { mono }),
      ...(kind === undefined ? {} : { kind }),
    };
    for (const listener of listeners) listener();
    document.title = [text, kind, "Percale"].filter((part) => part !== undefined).join(" · ");
  }, [text, kind, mono, parentKey]);
}
