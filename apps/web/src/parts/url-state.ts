"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";

export type UrlChange = Readonly<Record<string, string | undefined>>;

/** The query part of the address as the page's state. `undefined` and `""` remove a key. */
export function useUrlState(): {
  readonly get: (key: string) => string | null;
  /** `replace` (default) while typing; `push` for a step that Back should undo. */
  readonly set: (change: UrlChange, how?: "push" | "replace") => void;
  readonly href: (change: UrlChange) => string;
} {
  const params = useSearchParams();
  const pathname = usePathname();
  const href = useCallback(
    (change: UrlChange) => {
      const next = new URLSearchParams(params);
      for (const [key, value] of Object.entries(change)) {
        if (value === undefined || value === "") next.delete(key);
        else next.set(key, value);
      }
      const query = next.toString().replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",");
      return query === "" ? pathname : `${pathname}?${query}`;
    },
    [params, pathname],
  );
  const set = useCallback(
    (change: UrlChange, how: "push" | "replace" = "replace") => {
      // Next's router follows the history API, so this renders at once and asks the server for nothing.
      if (how === "push") globalThis.history.pushState(null, "", href(change));
      else globalThis.history.replaceState(null, "", href(change));
    },
    [href],
  );
  return { get: (key) => params.get(key), set, href };
}
