import type { IncomingMessage } from "node:http";
import { StatusError, badRequest, formatIssue, tooLarge, unstorableIssues } from "@percale/resources";
import { decodeProtobuf, PROTOBUF } from "./kube-protobuf.ts";
import { MAX_YAML_BYTES, parseYaml } from "./yaml.ts";
import { YamlReader } from "./yaml-reader.ts";

export const MAX_BODY_BYTES = 3 * 1024 * 1024; // Kubernetes' limit for one request

/** The whole body as text. Throws StatusError 413 as soon as it is known to be too large, without keeping it. */
export async function readBody(request: IncomingMessage, limit = MAX_BODY_BYTES): Promise<string> {
  return (await readBytes(request, limit)).toString("utf8");
}

export function readBytes(request: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) return Promise.reject(refuseLarge(request, limit));
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Listeners, not `for await`: half the cost on small bodies.
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limit) {
      chunks.length = 0;
      request.removeAllListeners("data");
      reject(refuseLarge(request, limit));
    } else chunks.push(chunk);
  });
  request.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  request.on("error", () => reject(badRequest("the body broke off")));
  return promise;
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

/**
 * The body as its content type says, undefined if it is empty. Throws 400 with the parser's position, 413, 415 for a type that is not
 * served (before anything is read) and 422 for what can't be stored.
 */
export async function readParsed(request: IncomingMessage): Promise<unknown> {
  if (hasNoBody(request)) return undefined;
  const type = mediaType(request);
  if (type === PROTOBUF) return storable(decodeProtobuf(await readBytes(request)));
  const isYaml = YAML_TYPES.has(type);
  if (!isYaml && type !== "application/json")
    throw new StatusError(
      "UnsupportedMediaType",
      `the body's media type ${type} is not supported: send application/json or application/yaml`,
    );
  const text = await readBody(request, isYaml ? MAX_YAML_BYTES : MAX_BODY_BYTES);
  if (text.trim() === "") return undefined;
  if (!isYaml) return parseJson(text);
  return text.length > MAX_SHORT_YAML ? largeYaml.read(text) : storable(parseYaml(text));
}

/** RFC 9112, section 6.3: neither header, no body. A type may be named all the same. */
function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
}

/** Up to here a text is read sooner than it is handed to the thread. */
const MAX_SHORT_YAML = 16 * 1024;
/** A thread of the process, whoever asks. */
const largeYaml = new YamlReader();

const YAML_TYPES: ReadonlySet<string> = new Set(["application/yaml", "application/x-yaml", "text/yaml"]);

export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRequest(`the body is not valid JSON: ${(error as Error).message}`); // JSON.parse throws nothing else
  }
  return storable(value);
}

/** The value itself, if a store can keep it and a stack can follow it. */
export function storable(value: unknown): unknown {
  const issues = unstorableIssues(value);
  if (issues.length === 0) return value;
  throw new StatusError("Invalid", issues.map(formatIssue).join(", "), { causes: issues });
}
