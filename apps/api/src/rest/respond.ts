import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { currentRequestId } from "@percale/daemon";
import { brief, StatusError, internalError } from "@percale/resources";

const JSON_TYPE = "application/json";

export function sendJson(
  response: ServerResponse,
  code: number,
  body: string | Buffer,
  headers: Record<string, string> = {},
): void {
  response.writeHead(code, {
    "content-type": JSON_TYPE,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-cache, private",
    ...headers,
  });
  response.end(body); // text leaves in one TLS record with the header; a Buffer would not
}

/** A reader who takes nothing for so long is cut off. */
const STALLED_MS = 30_000;

/**
 * A long body: each part has a turn of the event loop, and goes out no faster than it is read. Nobody waits for that: the request is
 * answered, and whoever reads slowly, or hangs up, keeps no place.
 */
export function sendParts(response: ServerResponse, code: number, parts: readonly (Buffer | string)[]): void {
  if (parts.length === 1) return sendJson(response, code, parts[0]!);
  const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  response.writeHead(code, {
    "content-type": JSON_TYPE,
    "content-length": bytes,
    "cache-control": "no-cache, private",
  });
  response.setTimeout(STALLED_MS, () => response.destroy());
  pipeline(oneByOne(parts), response).catch(() => undefined); // hung up, or cut off
}

async function* oneByOne<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) {
    yield item;
    await setImmediate();
  }
}

/** Ends a request that failed: the Status of what was thrown; anything else is a bug and says so without its stack. */
export function sendError(response: ServerResponse, error: unknown): StatusError {
  const failure =
    error instanceof StatusError ? error : internalError("the server failed on this request: see its log", error);
  if (response.headersSent) {
    response.destroy(); // half an answer can't be taken back
    return failure;
  }
  const retry = failure.details.retryAfterSeconds;
  sendJson(response, failure.code, JSON.stringify(failure.toStatus(currentRequestId())), {
    ...(retry !== undefined && { "retry-after": String(retry) }),
    ...(failure.reason === "Unauthorized" && { "www-authenticate": 'Bearer realm="percale"' }),
  });
  return failure;
}

/** Of one warning, and of all of them: clients bear sixteen thousand characters of headers. */
const MAX_WARNING = 256;
const MAX_WARNINGS = 8_192;

/** `Warning: 299` headers, one for each unknown field that was dropped, as far as there is room. */
export function setWarnings(response: ServerResponse, warnings: readonly string[]): void {
  let left = MAX_WARNINGS;
  const told: string[] = [];
  for (const text of warnings.slice(0, 50)) {
    const words = brief(text, MAX_WARNING).replaceAll(/["\\]/g, String.raw`\$&`);
    const warning = `299 - "${words.replaceAll(/[^\x20-\x7e]/g, "?")}"`;
    left -= warning.length;
    if (left < 0) break;
    told.push(warning);
  }
  if (told.length > 0) response.setHeader("warning", told);
}
