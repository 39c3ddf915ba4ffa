/** Why an object is treated as missing. */
export class InvalidObject extends Error {
  override readonly name = "InvalidObject";
}

/** Runs `read` on an object that came from outside; whatever is wrong with it is told as a fault, never thrown. */
export function attempt<T>(read: () => T): { readonly value: T } | { readonly fault: string } {
  try {
    return { value: read() };
  } catch (error) {
    // Also a TypeError: a spec of the wrong shape must cost its own object only, not the whole graph.
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/** What `read` makes of something; undefined if it is not there, or invalid. */
export function readOf<T, R>(thing: T | undefined, read: (thing: T) => R | undefined): R | undefined {
  if (thing === undefined) return undefined;
  const result = attempt(() => read(thing));
  return "value" in result ? result.value : undefined;
}
