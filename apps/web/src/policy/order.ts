/** What decides the place of a policy in its tier. */
export interface Ordered {
  /** `name/namespace/kind`: decides between equal orders. */
  readonly key: string;
  /** Absent: after every policy that has one. */
  readonly order: number | undefined;
}

type Neighbour = Pick<Ordered, "order"> | undefined;

/** Below this gap a middle between two orders is no longer told apart safely. */
const MIN_GAP = 1e-6;
/** Before the first policy of a tier and behind its last there is room. */
const STEP = 100;

/** Orders for so many policies in a row, after `before` and before `after`, neighbours or none; undefined where there is no room. */
export function ordersBetween(before: Neighbour, after: Neighbour, count: number): readonly number[] | undefined {
  // Behind a policy without order only names decide.
  if (before !== undefined && before.order === undefined) return undefined;
  const room = STEP * (count + 1);
  const low = before?.order ?? (after?.order === undefined ? 0 : after.order - room);
  const high = after?.order ?? low + room;
  const gap = (high - low) / (count + 1);
  if (gap < MIN_GAP) return undefined;
  return Array.from({ length: count }, (_, index) => {
    const value = low + gap * (index + 1);
    return tidy(value, index === 0 ? low : value - gap / 2, index === count - 1 ? high : value + gap / 2);
  });
}

/** The roundest number near `value` strictly inside the bounds: 150 rather than 149.99. */
function tidy(value: number, low: number, high: number): number {
  for (const step of [10, 1, 0.1, 0.01]) {
    const rounded = Math.round(value / step) * step;
    if (rounded > low && rounded < high) return Number(rounded.toFixed(6));
  }
  return value;
}
