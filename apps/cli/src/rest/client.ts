import { request as plainRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request } from "node:https";
import { REQUEST_ID_HEADER } from "@percale/daemon";
import { STATUS_REASONS } from "@percale/resources/catalog";
import { ExitError } from "../exit-error.ts";

/** How to reach and prove oneself to an API server. */
export interface Access {
  readonly server: string;
  readonly ca: string | undefined;
  readonly token: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Reach the server by its unix socket; TLS all the same. For namespaces without a way to its port. */
  readonly socketPath?: string;
  /** Whoever answers is believed to be the server. */
  readonly insecure?: boolean;
  /** What the server's certificate is good for, where that is not what it is called by. */
  readonly serverName?: string;
  /** Hears of every request that was answered: what is shown at log level debug. */
  readonly onAnswer?: (line: string) => void;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  /** What the server wants a person to know, such as fields it dropped. */
  readonly warnings?: readonly string[];
  readonly body: unknown;
  /** As the server calls the request, in its log and its history. */
  readonly requestId?: string | undefined;
}

/** One request. Resolves with any HTTP status; rejects only if no answer came. */
export async function send(access: Access, method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const text = options.body === undefined ? undefined : JSON.stringify(options.body);
  const headers = {
    ...(text !== undefined && {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(text)),
    }),
    ...options.headers,
  };
  const startedAt = performance.now();
  const outgoing = open(access, { method, path, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () => {
      const status = response.statusCode ?? 0;
      access.onAnswer?.(`${method} ${path} ${status} in ${Math.round(performance.now() - startedAt)} ms`);
      const warnings = (response.headersDistinct["warning"] ?? []).map(parseWarning);
      const requestId = response.headersDistinct[REQUEST_ID_HEADER]?.[0];
      resolve({ status, body: decode(Buffer.concat(chunks)), warnings, requestId });
    });
  });
  outgoing.on("error", reject);
  outgoing.end(text);
  return promise;
}

interface Head {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The request as it begins, for whoever reads the answer as it comes. The caller ends it. */
export function open(access: Access, head: Head, onResponse: (response: IncomingMessage) => void): ClientRequest {
  const { server, ca, cert, key, socketPath, insecure, serverName } = access;
  const { method, path } = head;
  const headers = {
    accept: "application/json",
    ...(access.token !== undefined && { authorization: `Bearer ${access.token}` }),
    ...head.headers,
  };
  const way = socketPath === undefined ? {} : { socketPath, servername: "localhost" };
  const url = urlOf(server, path);
  if (url.protocol === "http:") return plainRequest(url, { method, headers, ...way }, onResponse);
  const trust = {
    ca,
    cert,
    key,
    ...(insecure === true && { rejectUnauthorized: false }),
    ...(serverName !== undefined && { servername: serverName }),
  };
  return request(url, { method, headers, ...trust, ...way }, onResponse);
}

/** A server may be behind a path of somebody else's. */
function urlOf(server: string, path: string): URL {
  if (!/^https?:\/\//.test(server))
    throw new ExitError(`the server must be an address such as https://127.0.0.1:5443, got ${server}`);
  return new URL(`${server.replace(/\/+$/, "")}${path}`);
}

/** The body of a successful answer; a refusal becomes an ExitError with the server's own words. */
export async function call(
  access: Access,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<unknown> {
  let reply: Reply;
  try {
    reply = await send(access, method, path, options);
  } catch (cause) {
    if (cause instanceof ExitError) throw cause;
    const reason = cause instanceof Error ? cause.message || String(cause) : String(cause);
    throw new ExitError(`cannot reach ${access.server}: ${reason}; is npm start running?`, { cause });
  }
  if (reply.status < 400) return reply.body;
  throw new ExitError(messageOf(reply));
}

/** What a refusal says: Kubernetes' Status message where there is one, tRPC's inside its `error`. */
export function messageOf({ status, body, requestId }: Reply): string {
  const { message, reason } = fieldsOf(fieldsOf(body)["error"] ?? body);
  // A refusal explains itself; a fault of the server is explained by its log alone.
  if (status === STATUS_REASONS.InternalError.http && message !== undefined && requestId !== undefined)
    return `${message} (request ${requestId})`;
  return message ?? reason ?? `HTTP ${status}${typeof body === "string" && body !== "" ? `: ${body}` : ""}`;
}

/** `299 - "text"`, with quotes and backslashes escaped. */
export function parseWarning(header: string): string {
  const quoted = /^\d{3} \S+ "(.*)"$/.exec(header)?.[1];
  return quoted?.replaceAll(/\\(.)/g, "$1") ?? header;
}

function fieldsOf(value: unknown): { readonly message?: string; readonly reason?: string; readonly error?: unknown } {
  return typeof value === "object" && value !== null ? value : {};
}

function decode(bytes: Buffer): unknown {
  const text = bytes.toString();
  try {
    return JSON.parse(text);
  } catch {
    return text; // a proxy's page, or nothing
  }
}
