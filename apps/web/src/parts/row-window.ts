import { type RefObject, useLayoutEffect, useMemo, useState } from "react";
import { rowsInView, startsOf } from "./rows-in-view.ts";

export interface RowWindow {
  /** The rows to draw: from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
  /** Where each row begins, and behind the last one where all end. */
  readonly starts: ArrayLike<number>;
  /** Scrolls no farther than needed to see the row. */
  readonly scrollTo: (index: number) => void;
}

/** Which rows of a long list stand in its scroll box, a few more on either side. Renders again only when these change. */
export function useRowWindow(options: {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly count: number;
  /** Height of a row. A function must be the same one as long as it says the same. */
  readonly rowPx: number | ((index: number) => number);
  readonly overscan: number;
  /** What stands over the rows and stays there. */
  readonly headPx?: number;
}): RowWindow {
  const { scroller, count, rowPx, overscan, headPx = 0 } = options;
  const starts = useMemo(() => startsOf(count, rowPx), [count, rowPx]);
  const [view, setView] = useState({ first: 0, end: 0 });
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return undefined;
    const look = () => {
      const seen = rowsInView(starts, { topPx: box.scrollTop, heightPx: box.clientHeight, overscan });
      setView((old) => (old.first === seen.first && old.end === seen.end ? old : seen));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, [scroller, starts, overscan]);
  const scrollTo = (index: number) => {
    const box = scroller.current;
    if (box === null) return;
    const [top = 0, bottom = 0] = [starts[index], starts[index + 1]];
    box.scrollTo({ top: Math.min(top, Math.max(box.scrollTop, bottom + headPx - box.clientHeight)) });
  };
  // Rows that went since the last look are drawn by nobody.
  return { first: Math.min(view.first, count), end: Math.min(view.end, count), starts, scrollTo };
}
