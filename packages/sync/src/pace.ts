/** How fast a client must read while others wait for its place. */
const GRACE_MS = 30_000;
/** Slower than any link that carries a cluster, and fast enough that nobody keeps a place by reading now and then. */
const BYTES_PER_S = 8 * 1024;

/**
 * True for one that has kept its place for longer than what it took pays for: each byte buys its time on a slow link, so that only who does
 * not read is slow, however much there is to read.
 */
export function isTooSlow({ heldMs, bytes }: { readonly heldMs: number; readonly bytes: number }): boolean {
  return heldMs > GRACE_MS + (1_000 * bytes) / BYTES_PER_S;
}
