import { useSyncExternalStore } from "react";

const QUERY = "(max-width: 899px)";

/** True on a phone's width. The server renders wide. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(QUERY);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => matchMedia(QUERY).matches,
    () => false,
  );
}
