/** Which cards of a tier are on screen: from `first` to before `end`. */
export interface Shown {
  readonly first: number;
  readonly end: number;
}

export interface CardWindow {
  readonly tier: string;
  readonly at: number;
  readonly limit: number;
}

/** Windows begin at multiples of it, and hold so many more on either side. */
export const WINDOW_STEP = 20;
/** More than fit on any screen. */
const MAX_WINDOW = 200;

/**
 * The windows to ask for, so that all that is on screen is in them; those before, the same object, as long as it is. Before there are any, the
 * first few cards of each tier are known.
 */
export function windowsOf(
  shown: ReadonlyMap<string, Shown>,
  before: readonly CardWindow[] | undefined,
  first: number,
): readonly CardWindow[] | undefined {
  const known = new Map(before?.map((window) => [window.tier, window]));
  const isIn = (tier: string, { first: from, end }: Shown): boolean => {
    const { at, limit } = before === undefined ? { at: 0, limit: first } : (known.get(tier) ?? { at: 0, limit: 0 });
    return from === end || (at <= from && end <= at + limit);
  };
  if (shown.entries().every(([tier, seen]) => isIn(tier, seen))) return before;
  return Array.from(shown, ([tier, { first: from, end }]) => {
    const at = Math.max(0, (Math.floor(from / WINDOW_STEP) - 1) * WINDOW_STEP);
    return { tier, at, limit: Math.min(MAX_WINDOW, (Math.ceil(end / WINDOW_STEP) + 1) * WINDOW_STEP - at) };
  });
}
