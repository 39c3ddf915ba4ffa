/** One way in which the API says no. */
interface ReasonEntry {
  /** HTTP code that it travels with. */
  readonly http: number;
  /** tRPC's code, as the dashboard sees it. */
  readonly trpc: string;
  readonly means: string;
  readonly advice: string;
}

/**
 * Every reason with which the API refuses: Kubernetes' words and codes, each with its code on every door. REST, tRPC, the dashboard and
 * the reference read them here; `percale` ends with the same exit code for all of them.
 */
export const STATUS_REASONS = {
  BadRequest: {
    http: 400,
    trpc: "BAD_REQUEST",
    means: "The request cannot be read: no JSON, an unknown parameter, a body of the wrong shape.",
    advice: "Correct the request; the message names the place.",
  },
  Unauthorized: {
    http: 401,
    trpc: "UNAUTHORIZED",
    means: "No credential was sent, or it is wrong, revoked or over.",
    advice: "Sign in, or send a token of Access; look at its end there.",
  },
  Forbidden: {
    http: 403,
    trpc: "FORBIDDEN",
    means: "The caller is known and may not do this.",
    advice: "Use a token of a group that may, or ask an administrator; `percale whoami` says who you are taken for.",
  },
  NotFound: {
    http: 404,
    trpc: "NOT_FOUND",
    means: "There is no such object, kind or path.",
    advice: "Look at name, namespace and kind: `percale get <kind> -A`.",
  },
  MethodNotAllowed: {
    http: 405,
    trpc: "METHOD_NOT_SUPPORTED",
    means: "This kind or path does not take that verb, such as a write of ClusterInformation.",
    advice: "Use a verb that the path has: `kubectl api-resources -o wide`.",
  },
  NotAcceptable: {
    http: 406,
    trpc: "BAD_REQUEST",
    means: "The client accepts no form in which the answer can be given.",
    advice: "Accept `application/json`.",
  },
  AlreadyExists: {
    http: 409,
    trpc: "CONFLICT",
    means: "An object of that name is there already.",
    advice: "Choose another name, or update the one that is there.",
  },
  Conflict: {
    http: 409,
    trpc: "CONFLICT",
    means: "Somebody changed the object since it was read, or what a change rests on is not so any more.",
    advice: "Read it again, decide again, send it again.",
  },
  Expired: {
    http: 410,
    trpc: "PRECONDITION_FAILED",
    means: "The resourceVersion or page is older than the log keeps.",
    advice: "List again, and watch from there.",
  },
  RequestEntityTooLarge: {
    http: 413,
    trpc: "PAYLOAD_TOO_LARGE",
    means: "The body, an object or a change set is larger than may be.",
    advice: "Send less at once; the message says the limit.",
  },
  UnsupportedMediaType: {
    http: 415,
    trpc: "UNSUPPORTED_MEDIA_TYPE",
    means: "The body has a form that is not read here, such as server-side apply.",
    advice: "Send JSON or YAML, or a JSON, merge or strategic patch.",
  },
  Invalid: {
    http: 422,
    trpc: "UNPROCESSABLE_CONTENT",
    means: "The object can be read and says what cannot be.",
    advice: "Correct the fields that the causes name; `kubectl explain <kind>.spec` says what each may hold.",
  },
  TooManyRequests: {
    http: 429,
    trpc: "TOO_MANY_REQUESTS",
    means: "As many requests, watches or large bodies as may be are under way.",
    advice: "Try again after `Retry-After`; send fewer at once.",
  },
  InternalError: {
    http: 500,
    trpc: "INTERNAL_SERVER_ERROR",
    means: "The server has a fault.",
    advice: "Search its log for the request's id, and tell the makers of Percale what it says.",
  },
  ServiceUnavailable: {
    http: 503,
    trpc: "SERVICE_UNAVAILABLE",
    means: "The database is away, or the server starts, stops or is behind.",
    advice: "Try again after `Retry-After`; look at Health and the condition DatabaseUnreachable.",
  },
  Timeout: {
    http: 504,
    trpc: "GATEWAY_TIMEOUT",
    means: "What was asked for did not come in time, such as a resourceVersion that the store has not reached.",
    advice: "Try again; if it stays so, look at the database's load.",
  },
} as const satisfies Readonly<Record<string, ReasonEntry>>;

export type StatusReason = keyof typeof STATUS_REASONS;
