/** The smallest set of `order` values that moves a policy to another place in its tier. */
export interface Ordered {
  /** `name/namespace/kind`: decides between equal orders. */
  readonly key: string;
  /** Absent: after every policy that has one. */
  readonly order: number | undefined;
}

export interface OrderChange {
  readonly key: string;
  readonly from: number | undefined;
  readonly to: number;
}

/** Below this gap a middle between two orders is no longer told apart safely. */
const MIN_GAP = 1e-6;
const STEP = 100;

/**
 * Changes that put `key` at index `to` of the list without it. One change where a free middle exists; else the whole tier is
 * renumbered in steps of 100. `policies` must be in evaluation order. Empty when nothing moves.
 */
export function planMove(policies: readonly Ordered[], key: string, to: number): readonly OrderChange[] {
  const from = policies.findIndex((policy) => policy.key === key);
  const moved = policies[from];
  if (moved === undefined) return [];
  const rest = policies.filter((policy) => policy.key !== key);
  const at = Math.max(0, Math.min(to, rest.length));
  if (at === from) return [];
  const middle = between(rest[at - 1], rest[at]);
  if (middle !== undefined) return [{ key, from: moved.order, to: middle }];
  return [...rest.slice(0, at), moved, ...rest.slice(at)]
    .map((policy, index) => ({ key: policy.key, from: policy.order, to: (index + 1) * STEP }))
    .filter((change) => change.from !== change.to);
}

/** An order for a policy placed after `before` and before `after`; undefined when only renumbering makes room. */
export function between(before: Ordered | undefined, after: Ordered | undefined): number | undefined {
  if (before === undefined) {
    if (after === undefined) return STEP;
    if (after.order === undefined) return STEP;
    return tidy(after.order - STEP, after.order - 2 * STEP, after.order);
  }
  if (before.order === undefined) return undefined;
  if (after === undefined || after.order === undefined) {
    return tidy(before.order + STEP, before.order, before.order + 2 * STEP);
  }
  const gap = after.order - before.order;
  if (gap < MIN_GAP) return undefined;
  return tidy(before.order + gap / 2, before.order, after.order);
}

/** The roundest number near `value` strictly inside the bounds: 150 rather than 149.99. */
function tidy(value: number, low: number, high: number): number {
  for (const step of [10, 1, 0.1, 0.01]) {
    const rounded = Math.round(value / step) * step;
    if (rounded > low && rounded < high) return Number(rounded.toFixed(6));
  }
  return value;
}
