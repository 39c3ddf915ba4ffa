interface Fitting {
  readonly width: string;
  /** Which goes first where there is no room: the highest. Absent: stays. */
  readonly drop?: number;
}

/** The columns that fit in `widthPx` at their least width; a table never pushes its last column out of sight. */
export function fitColumns<C extends Fitting>(columns: readonly C[], widthPx: number): readonly C[] {
  let kept = columns;
  while (needed(kept) > widthPx) {
    const first = Math.max(...kept.map(({ drop }) => drop ?? 0));
    if (first === 0) return kept;
    kept = kept.filter(({ drop }) => drop !== first);
  }
  return kept;
}

const GAP_PX = 16;
const EDGES_PX = 48;

function needed(columns: readonly Fitting[]): number {
  return columns.reduce((sum, { width }) => sum + leastPx(width), EDGES_PX + GAP_PX * (columns.length - 1));
}

/** `120px` and `minmax(120px, 2fr)` need 120. */
function leastPx(track: string): number {
  return Number(/(\d+)px/.exec(track)?.[1] ?? 0);
}
