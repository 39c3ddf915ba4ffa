/** Equal as JSON: the order of keys and keys that are undefined don't count. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => isSameJson(item, b[index]));
  }
  const [x, y] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>];
  const given = (of: typeof x): string[] => Object.keys(of).filter((key) => of[key] !== undefined);
  const keys = given(x);
  return keys.length === given(y).length && keys.every((key) => Object.hasOwn(y, key) && isSameJson(x[key], y[key]));
}
