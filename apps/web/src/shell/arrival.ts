import { useEffect, useRef } from "react";

/** On another page focus comes to its heading, which says to everybody where one is; unless something there took it already. */
export function useArrival(pathname: string): void {
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    const isFree = document.activeElement === null || document.activeElement === document.body;
    const isLeft = document.activeElement?.closest("main, dialog") === null;
    if (isFree || isLeft) document.querySelector<HTMLElement>("h1")?.focus();
  }, [pathname]);
}
