/** One measured figure next to what was promised. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number;
  readonly ok: boolean;
}

/** A figure that must not exceed its target. */
export function atMost(name: string, value: number, unit: string, target: number): Figure {
  return { name, value, unit, target, ok: value <= target };
}

/** A figure that must reach its target. */
export function atLeast(name: string, value: number, unit: string, target: number): Figure {
  return { name, value, unit, target, ok: value >= target };
}
