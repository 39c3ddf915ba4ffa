/** When the nodes' routing has caught up with the workloads: BGP needs a moment after the last address was given out. */
import { setTimeout as delay } from "node:timers/promises";
import { containsAddress, parseAddress, parseCidr } from "@percale/net";
import { openRtnetlink } from "@percale/kernel";
import type { Route } from "@percale/kernel";

const PAUSE_MS = 50;
const PATIENCE_MS = 30_000;

/** True once every namespace has a route better than the default one to every address; false if that takes too long. */
export async function routesConverge(
  namespaces: readonly string[],
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + PATIENCE_MS;
  for (const netns of namespaces) {
    const link = openRtnetlink({ netns });
    try {
      while (!coversAll(await link.routes(), addresses)) {
        if (performance.now() > deadline) return false;
        await delay(PAUSE_MS, undefined, { signal });
      }
    } finally {
      link.close();
    }
  }
  return true;
}

/** Whether there is a way to each of the addresses. */
export function coversAll(routes: readonly Pick<Route, "type" | "dst">[], addresses: readonly string[]): boolean {
  // A block's own node holds it as a blackhole beside the workloads' routes: no way to anyone.
  const ways = routes
    .filter(({ type, dst }) => type === "unicast" && !dst.endsWith("/0"))
    .map(({ dst }) => parseCidr(dst));
  return addresses.every((text) => {
    const address = parseAddress(text);
    return ways.some((way) => containsAddress(way, address));
  });
}
