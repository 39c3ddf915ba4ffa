import type { IncomingMessage } from "node:http";
import { StatusError, badRequest, formatIssue, tooLarge, unstorableIssues } from "@percale/resources";
import { noteBody } from "./kept-body.ts";
import { decodeProtobuf, PROTOBUF } from "./kube-protobuf.ts";
import { MAX_YAML_BYTES, parseYaml } from "./yaml.ts";

export const MAX_BODY_BYTES = 3 * 1024 * 1024; // Kubernetes' limit for one request
/** What is not an object or a set of them is short. */
const MAX_QUESTION_BYTES = 64 * 1024;

/** A body as it came, not yet read. Plain data: a thread can be handed it. */
export interface Body {
  readonly bytes: Uint8Array;
  /** Media type, as `mediaType` gives it. */
  readonly type: string;
}

/** The whole body. Throws StatusError 413 as soon as it is known to be too large, without keeping it. */
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
  request.on("end", () => {
    const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    noteBody(request, whole);
    resolve(whole);
  });
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

/** The body, of a type that `parseBody` reads. Throws 413, and 415 before anything is read. */
export async function readBody(request: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Body> {
  const type = mediaType(request);
  if (hasNoBody(request)) return { bytes: Buffer.alloc(0), type: "application/json" };
  if (type !== PROTOBUF && type !== "application/json" && !isYaml(type))
    throw new StatusError(
      "UnsupportedMediaType",
      `the body's media type ${type} is not supported: send application/json or application/yaml`,
    );
  return { bytes: await readBytes(request, isYaml(type) ? Math.min(limit, MAX_YAML_BYTES) : limit), type };
}

/** What a short body says; undefined if there is none. Throws as `readBody` and `parseBody`. */
export async function readQuestion(request: IncomingMessage): Promise<unknown> {
  return parseBody(await readBody(request, MAX_QUESTION_BYTES));
}

/** The body as its type says, undefined if it is empty. Throws 400 with the parser's position, and 422 for what can't be stored. */
export function parseBody({ bytes, type }: Body): unknown {
  if (type === PROTOBUF) return storable(decodeProtobuf(bufferOf(bytes)));
  const text = textOf(bytes);
  if (text.trim() === "") return undefined;
  return isYaml(type) ? storable(parseYaml(text)) : parseJson(text);
}

/** What is applied is YAML by its type, and JSON as nearly all clients write it, which is read in a tenth of the time. */
export function parseConfig(text: string): unknown {
  if (text.trimStart().startsWith("{")) return parseJson(text);
  if (text.length > MAX_YAML_BYTES) throw tooLarge(MAX_YAML_BYTES);
  return storable(parseYaml(text));
}

/** RFC 9112, section 6.3: neither header, no body. A type may be named all the same. */
function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
}

const YAML_TYPES: ReadonlySet<string> = new Set(["application/yaml", "application/x-yaml", "text/yaml"]);

export function isYaml(type: string): boolean {
  return YAML_TYPES.has(type);
}

export function textOf(bytes: Uint8Array): string {
  return bufferOf(bytes).toString("utf8");
}

/** Bytes that came from another thread are no Buffer any more. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

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
