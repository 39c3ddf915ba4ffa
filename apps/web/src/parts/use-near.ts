import { type RefObject, useEffect, useState } from "react";

/** Whether a part of a scroll box, its parent, has come as near as a screen to what is seen. From then on it counts as near. */
export function useNear(part: RefObject<HTMLElement | null>, isNearAtFirst: boolean): boolean {
  const [isNear, setNear] = useState(isNearAtFirst);
  useEffect(() => {
    const own = part.current;
    if (isNear || own === null) return undefined;
    const look = (entries: readonly IntersectionObserverEntry[]): void => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setNear(true);
    };
    const observer = new IntersectionObserver(look, { root: own.parentElement, rootMargin: "100% 0px" });
    observer.observe(own);
    return () => observer.disconnect();
  }, [part, isNear]);
  return isNear;
}
