import type { ServerResponse } from "node:http";
import { StatusError, internalError } from "@percale/resources";

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

/** Ends a request that failed: the Status of what was thrown; anything else is a bug and says so without its stack. */
export function sendError(response: ServerResponse, error: unknown): StatusError {
  const failure =
    error instanceof StatusError ? error : internalError("the server failed on this request: see its log", error);
  if (response.headersSent) {
    response.destroy(); // half an answer can't be taken back
    return failure;
  }
  const retry = failure.details.retryAfterSeconds;
  sendJson(response, failure.code, JSON.stringify(failure.toStatus()), {
    ...(retry !== undefined && { "retry-after": String(retry) }),
    ...(failure.reason === "Unauthorized" && { "www-authenticate": 'Bearer realm="percale"' }),
  });
  return failure;
}

/** `Warning: 299` headers, one for each unknown field that was dropped. */
export function setWarnings(response: ServerResponse, warnings: readonly string[]): void {
  if (warnings.length > 0)
    response.setHeader(
      "warning",
      warnings
        .slice(0, 50)
        .map((text) => `299 - "${text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll(/[^\x20-\x7e]/g, "?")}"`),
    );
}
