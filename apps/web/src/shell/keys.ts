import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { jumpTarget } from "./nav.ts";
import { keepChoice } from "./theme.ts";

/** True while typing must stay typing. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable=true]") !== null;
}

/** Single keys do something, unless one switched them off (Settings). Combinations always do. */
export function keysAreOn(): boolean {
  return typeof document === "undefined" || !/(?:^|; )keys=off/.test(document.cookie);
}

export function switchKeys(on: boolean): void {
  keepChoice("keys", on ? "on" : "off");
}

/** ⌘K or Ctrl K opens the search; `/` too, where a page has no filter field of its own; `?` says all keys; `g` then a letter goes to a page. */
export function useJumpKeys({
  onSearch,
  onHelp,
}: {
  readonly onSearch: () => void;
  readonly onHelp: () => void;
}): void {
  const router = useRouter();
  const armedUntil = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey)) {
        event.preventDefault();
        onSearch();
        return;
      }
      if (isTyping(event.target) || !keysAreOn() || event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.key === "/") {
        event.preventDefault();
        const filter = document.querySelector<HTMLInputElement>("[data-filter]");
        if (filter === null) onSearch();
        else filter.focus();
        return;
      }
      if (event.key === "?") {
        event.preventDefault();
        onHelp();
        return;
      }
      if (event.key === "g") {
        armedUntil.current = event.timeStamp + 1500;
        return;
      }
      const target = event.timeStamp < armedUntil.current ? jumpTarget(event.key) : undefined;
      armedUntil.current = 0;
      if (target !== undefined) {
        event.preventDefault();
        router.push(target);
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [onHelp, onSearch, router]);
}
