import type { IncomingMessage } from "node:http";

const kept = new WeakMap<IncomingMessage, Uint8Array | undefined>();

/** Whoever reads the body will keep it. */
export function keepBody(request: IncomingMessage): void {
  kept.set(request, undefined);
}

/** Its reader says what it was. */
export function noteBody(request: IncomingMessage, bytes: Uint8Array): void {
  if (kept.has(request)) kept.set(request, bytes);
}

/** Undefined if nobody read it. */
export function keptBody(request: IncomingMessage): string | undefined {
  const bytes = kept.get(request);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}
