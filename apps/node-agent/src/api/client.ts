import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { currentRequestId, newRequestId, REQUEST_ID_HEADER } from "@percale/daemon";
import { brief, definitionByPlural } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { ChangeSet, ChangeSetResult } from "@percale/protocol";
import { briefBody, MAX_ANSWER_MB, readAnswer, readRefusal } from "./body.ts";

const TIMEOUT_MS = 20_000;

export interface ApiOptions {
  /** `https://127.0.0.1:5443` */
  readonly url: string;
  /** Reach it through this unix socket instead of the URL's address; TLS all the same. */
  readonly socketPath?: string | undefined;
  readonly caFile?: string | undefined;
  readonly tokenFile: string;
  /** What an answer may have at most; absent: what any of our server's may have. */
  readonly maxAnswerMB?: number;
}

/** An answer that is not 2xx: Kubernetes' Status. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }

  /** Somebody else was faster: read again and decide again. */
  get isConflict(): boolean {
    return this.code === 409 || this.code === 404;
  }
}

/** No answer at all: it is away, or the way to it is. */
export class ApiUnreachable extends Error {
  override readonly name = "ApiUnreachable";

  constructor(call: string, cause: Error) {
    super(`${call}: ${cause.message}`, { cause });
  }
}

/** The API server as agents use it: change sets and reads, over connections that are kept. */
export class ApiClient {
  readonly url: string;
  /** Also for the stream: same CA, same socket. */
  readonly agent: Agent;
  readonly #tokenFile: string;
  readonly #maxAnswerMB: number;

  private constructor(options: ApiOptions, ca: Buffer | undefined) {
    this.url = options.url;
    this.#tokenFile = options.tokenFile;
    this.#maxAnswerMB = options.maxAnswerMB ?? MAX_ANSWER_MB;
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: 16,
      ...(ca !== undefined && { ca }),
      // The name in the certificate stays that of the URL.
      ...(options.socketPath !== undefined && { socketPath: options.socketPath, servername: "localhost" }),
    });
  }

  static async open(options: ApiOptions): Promise<ApiClient> {
    return new ApiClient(options, options.caFile === undefined ? undefined : await readFile(options.caFile));
  }

  readonly token = async (): Promise<string> => (await readFile(this.#tokenFile, "utf8")).trim();

  /** All of it or nothing. Throws ApiError, `isConflict` when a precondition failed, or ApiUnreachable. */
  async apply(changeSet: ChangeSet): Promise<ChangeSetResult> {
    return (await this.#call("POST", "/changesets/v1", changeSet)) as ChangeSetResult; // the server's own type
  }

  /** undefined if there is none. */
  async get<T extends KubeObject>(plural: string, name: string, namespace?: string): Promise<T | undefined> {
    const scope = namespace === undefined ? "" : `/namespaces/${namespace}`;
    try {
      return (await this.#call("GET", `${rootOf(plural)}${scope}/${plural}/${encodeURIComponent(name)}`)) as T;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  async list<T extends KubeObject>(plural: string): Promise<readonly T[]> {
    const list = (await this.#call("GET", `${rootOf(plural)}/${plural}`)) as { items: readonly T[] };
    return list.items;
  }

  close(): void {
    this.agent.destroy();
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const call = `${method} ${path}`;
    const sentText = body === undefined ? undefined : JSON.stringify(body);
    const outer = currentRequestId();
    const requestId = outer ?? newRequestId(); // the server goes on with it: its log and its history have the same id
    const named = outer === undefined ? ` (request ${requestId})` : ""; // else it is told by whoever was asked first
    const sent = request(
      new URL(path, this.url),
      {
        method,
        agent: this.agent,
        timeout: TIMEOUT_MS,
        headers: {
          authorization: `Bearer ${await this.token()}`,
          accept: "application/json",
          [REQUEST_ID_HEADER]: requestId,
          ...(sentText !== undefined && {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(sentText),
          }),
        },
      },
      (response) => void answerOf(response, { call, named, maxAnswerMB: this.#maxAnswerMB }).then(resolve, reject),
    );
    sent.on("timeout", () =>
      sent.destroy(Object.assign(new Error(`no answer in ${TIMEOUT_MS} ms`), { code: "ETIMEDOUT" })),
    );
    sent.on("error", (cause) => reject(failure(call, cause)));
    sent.end(sentText);
    return promise;
  }
}

interface Asked {
  readonly call: string;
  /** What names the request in an error. */
  readonly named: string;
  readonly maxAnswerMB: number;
}

/** Throws ApiError for what is not 2xx, or not JSON. */
async function answerOf(response: IncomingMessage, { call, named, maxAnswerMB }: Asked): Promise<unknown> {
  const { statusCode: status = 0 } = response;
  const isRefusal = status < 200 || status >= 300;
  const answer = await (isRefusal ? readRefusal(response) : readAnswer(response, maxAnswerMB)).catch((cause: Error) => {
    throw failure(call, cause);
  });
  let value: unknown;
  try {
    value = answer === "" ? {} : JSON.parse(answer);
  } catch {
    throw new ApiError(status, "Unknown", `${call}: ${status} ${briefBody(answer)}${named}`);
  }
  if (!isRefusal) return value;
  const { reason = "Unknown", message = answer } = (value ?? {}) as { reason?: string; message?: unknown };
  throw new ApiError(status, reason, `${call}: ${brief(String(message))}${named}`);
}

/** Kubernetes' core group has a root of its own. */
function rootOf(plural: string): string {
  const { group = "", apiVersion = "v1" } = definitionByPlural(plural) ?? {};
  return group === "" ? `/api/${apiVersion}` : `/apis/${apiVersion}`;
}

/** Certificates and this process's own limits are faults that waiting does not mend. */
function failure(call: string, cause: Error & { readonly code?: unknown }): Error {
  return AWAY.has(String(cause.code))
    ? new ApiUnreachable(call, cause)
    : new Error(`${call}: ${cause.message}`, { cause });
}

/** ENOENT: its socket is not there. */
const AWAY = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ENOENT",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "ENOTFOUND",
  "EAI_AGAIN",
]);
