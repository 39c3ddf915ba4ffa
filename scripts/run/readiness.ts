import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { readKubeconfig, send } from "@percale/cli";

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

/** True if the API of this kubeconfig says that it serves. The file may not exist yet, or be an earlier run's. */
export async function isApiReady(kubeconfig: string): Promise<boolean> {
  try {
    return (await send(readKubeconfig(kubeconfig), "GET", "/readyz")).status === 200;
  } catch {
    return false; // not listening yet
  }
}

/** True if it answers without a server's error. */
export async function isServing(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000), redirect: "manual" })).status < 500;
  } catch {
    return false;
  }
}

/** Throws if somebody else listens there: waiting for our own would end with theirs. 0 is always free. */
export async function claimable(what: string, port: number, variable: string): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${variable} must be a port number, 0 to 65535`);
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(port, "127.0.0.1", () => server.close(() => resolve()));
  try {
    await promise;
  } catch (cause) {
    throw new Error(`port ${port} for the ${what} is taken by another program; choose one with ${variable}`, { cause });
  }
}
