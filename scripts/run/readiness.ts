import { existsSync, readFileSync } from "node:fs";
import { get as getPlain } from "node:http";
import { get as getSecure } from "node:https";
import { setTimeout as delay } from "node:timers/promises";

const PAUSE_MS = 100;

/** Asks again and again; rejects when aborted or after `timeoutMs`. */
export async function waitUntil(
  isReady: () => Promise<boolean>,
  options: { readonly what: string; readonly signal: AbortSignal; readonly timeoutMs?: number },
): Promise<void> {
  const deadline = performance.now() + (options.timeoutMs ?? 120_000);
  while (!(await isReady())) {
    options.signal.throwIfAborted();
    if (performance.now() > deadline) throw new Error(`${options.what} is not ready after two minutes`);
    await delay(PAUSE_MS, undefined, { signal: options.signal });
  }
}

/** True if it answers without a server's error. `caFile` may not exist yet. */
export async function isServing(url: string, caFile?: string): Promise<boolean> {
  if (caFile !== undefined && !existsSync(caFile)) return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const options = { timeout: 2_000, ...(caFile !== undefined && { ca: readFileSync(caFile) }) };
  const request = (caFile === undefined ? getPlain : getSecure)(url, options, (response) => {
    response.resume();
    resolve((response.statusCode ?? 500) < 500);
  });
  request.on("timeout", () => request.destroy());
  request.on("error", () => resolve(false));
  return promise;
}
