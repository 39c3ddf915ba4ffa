import type { Retention } from "./datastore.ts";

/** A lost commit is looked up in the log, and a watch that just began must find its place. */
const KEEP_AT_LEAST = 1_000;

/** Up to which revision the log may lose its beginning, as far as numbers say: what `neededSince` comes after stays. */
export function removableUpTo(
  { keepRevisions = KEEP_AT_LEAST }: Retention,
  { head, neededSince }: { readonly head: number; readonly neededSince: number },
): number {
  return Math.min(head - Math.max(keepRevisions, 1), neededSince);
}
