import { isTyping } from "./keys.ts";

/** Stops that are remembered. */
const MOST = 20;

interface Stop {
  readonly element: HTMLElement;
  /** The panel or dialog that it is in. */
  readonly home: HTMLElement | null;
}

/**
 * Focus is never lost: where what had it goes away, such as a button that did its work, the panel around it has it; with the panel
 * gone, what had it before. Never another button in its place: a key that is still held would press that. Returns what ends it.
 */
export function keepFocus(): () => void {
  let stops: Stop[] = [];
  const onFocus = ({ target }: FocusEvent): void => {
    if (!(target instanceof HTMLElement)) return;
    const others = stops.filter(({ element }) => element !== target && element.isConnected);
    stops = [...others.slice(1 - MOST), { element: target, home: target.closest("aside, dialog") }];
  };
  // Who clicks beside everything wants nothing focused.
  const onPointer = (): void => void (stops = []);
  const observer = new MutationObserver(() => {
    const last = stops.at(-1);
    if (last === undefined || canHold(last.element) || !isNowhere(document.activeElement)) return;
    const before = isTyping(last.element) ? [] : stops.map(({ element }) => element).toReversed(); // typing goes on into nothing
    const heading = document.querySelector<HTMLElement>("h1");
    [last.home, ...before, heading].find((element) => element !== null && canHold(element))?.focus();
  });
  document.addEventListener("focusin", onFocus);
  document.addEventListener("pointerdown", onPointer, true);
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  return () => {
    document.removeEventListener("focusin", onFocus);
    document.removeEventListener("pointerdown", onPointer, true);
    observer.disconnect();
  };
}

function isNowhere(focused: Element | null): boolean {
  return focused === null || focused === document.body || !canHold(focused);
}

function canHold(element: Element): boolean {
  return element.isConnected && !element.matches(":disabled");
}
