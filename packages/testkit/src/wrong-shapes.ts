/** What a field never is, or is only by accident. */
const WRONG: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e300,
  "",
  "x",
  "\u0000",
  "\ud800",
  "é".repeat(200),
  [],
  [null],
  {},
  { constructor: null },
];

/**
 * The value with each of its parts, at any depth, taken away or replaced by something of another shape: what a client sends that is
 * broken, of another version, or hostile.
 */
export function* wrongShapesOf(value: unknown): Generator {
  yield* WRONG;
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const wrong of wrongShapesOf(item)) yield value.with(index, wrong);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    const { [key]: _, ...rest } = value as Record<string, unknown>;
    yield rest;
    for (const wrong of wrongShapesOf(item)) yield { ...rest, [key]: wrong };
  }
}
