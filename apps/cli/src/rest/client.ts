import { readFileSync } from "node:fs";
import { request } from "node:https";
import { REQUEST_ID_HEADER } from "@percale/daemon";
import { STATUS_REASONS } from "@percale/resources";
import { parse } from "yaml";
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

/** The current context of a kubeconfig file, inline data or files. */
export function readKubeconfig(path: string): Access {
  const config = parseConfig(path);
  const named = (list: string, name: unknown): Record<string, string> => {
    const items = (config[list] ?? []) as readonly Record<string, unknown>[];
    const item = items.find((one) => one["name"] === name);
    return (item?.[list.slice(0, -1)] ?? {}) as Record<string, string>;
  };
  const context = named("contexts", config["current-context"]);
  const cluster = named("clusters", context["cluster"]);
  const user = named("users", context["user"]);
  return {
    server: cluster["server"] ?? "https://127.0.0.1:5443",
    ca: inlineOrFile(cluster, "certificate-authority"),
    token: user["token"],
    cert: inlineOrFile(user, "client-certificate"),
    key: inlineOrFile(user, "client-key"),
  };
}

/** A file that npm start wrote, or kubectl's own; what is missing shows as a failed connection. */
function parseConfig(path: string): Readonly<Record<string, unknown>> {
  const text = readText(path);
  let config: unknown;
  try {
    config = parse(text);
  } catch (cause) {
    const [line] = cause instanceof Error ? cause.message.split("\n") : [String(cause)];
    throw new ExitError(`${path} is no kubeconfig: ${line}`, { cause });
  }
  if (typeof config === "object" && config !== null && Array.isArray((config as { clusters?: unknown }).clusters))
    return config as Readonly<Record<string, unknown>>;
  throw new ExitError(`${path} is no kubeconfig: it names no clusters`);
}

/** One request. Resolves with any HTTP status; rejects only if no answer came. */
export async function send(access: Access, method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const text = options.body === undefined ? undefined : JSON.stringify(options.body);
  const headers = {
    accept: "application/json",
    ...(access.token !== undefined && { authorization: `Bearer ${access.token}` }),
    ...(text !== undefined && {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(text)),
    }),
    ...options.headers,
  };
  const { ca, cert, key, socketPath } = access;
  const way = socketPath === undefined ? {} : { socketPath, servername: "localhost" };
  const outgoing = request(new URL(path, access.server), { method, headers, ca, cert, key, ...way }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () => {
      const warnings = (response.headersDistinct["warning"] ?? []).map(parseWarning);
      const requestId = response.headersDistinct[REQUEST_ID_HEADER]?.[0];
      resolve({ status: response.statusCode ?? 0, body: decode(Buffer.concat(chunks)), warnings, requestId });
    });
  });
  outgoing.on("error", reject);
  outgoing.end(text);
  return promise;
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

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ExitError(isMissing ? `no kubeconfig at ${path}; npm start writes it` : `cannot read ${path}: ${why}`, {
      cause,
    });
  }
}

function inlineOrFile(entry: Readonly<Record<string, string>>, name: string): string | undefined {
  const inline = entry[`${name}-data`];
  if (inline !== undefined) return Buffer.from(inline, "base64").toString();
  const path = entry[name];
  return path === undefined ? undefined : readText(path);
}
