import type { IncomingMessage } from "node:http";
import { StatusError, badRequest, tooLarge } from "@percale/resources";
import { parse as parseYaml } from "yaml";

export const MAX_BODY_BYTES = 3 * 1024 * 1024; // Kubernetes' limit for one request

/** The whole body as text. Throws StatusError 413 as soon as it is known to be too large, without keeping it. */
export async function readBody(request: IncomingMessage, limit = MAX_BODY_BYTES): Promise<string> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw refuseLarge(request, limit);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) throw refuseLarge(request, limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refuseLarge(request: IncomingMessage, limit: number): StatusError {
  // What is still coming is read and dropped, so that the client gets to see the answer rather than a reset connection.
  request.resume();
  return tooLarge(limit);
}

/** Media type without parameters, lower case; JSON if none was sent. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers["content-type"] ?? "application/json").split(";")[0]!.trim().toLowerCase();
}

/** JSON or YAML by content type. Throws 400 with the parser's position, 415 for any other type. */
export function parseBody(text: string, type: string): unknown {
  switch (type) {
    case "application/json":
      return parseJson(text);
    case "application/yaml":
    case "application/x-yaml":
    case "text/yaml":
      return parseYamlText(text);
    default:
      throw new StatusError(
        "UnsupportedMediaType",
        `the body's media type ${type} is not supported: send application/json or application/yaml`,
      );
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badRequest(`the body is not valid JSON: ${(error as Error).message}`);
  }
}

export function parseYamlText(text: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw badRequest(`the body is not valid YAML: ${(error as Error).message}`);
  }
}
