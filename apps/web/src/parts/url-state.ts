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
  const href = useCallback((change: UrlChange) => changed(pathname, params, change), [params, pathname]);
  const set = useCallback(
    (change: UrlChange, how: "push" | "replace" = "replace") => {
      // What this component knows of the address may be older than a change that was made a moment ago.
      const next = changed(pathname, new URLSearchParams(globalThis.location.search), change);
      // Next's router follows the history API, so this renders at once and asks the server for nothing.
      if (how === "push") globalThis.history.pushState(null, "", next);
      else globalThis.history.replaceState(null, "", next);
    },
    [pathname],
  );
  return { get: (key) => params.get(key), set, href };
}

function changed(pathname: string, params: URLSearchParams, change: UrlChange): string {
  const next = new URLSearchParams(params);
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined || value === "") next.delete(key);
    else next.set(key, value);
  }
  const query = next.toString().replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",");
  return query === "" ? pathname : `${pathname}?${query}`;
}
