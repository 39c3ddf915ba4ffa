import { setImmediate } from "node:timers/promises";
import { initTRPC, TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server";
import { currentRequestId } from "@percale/daemon";
import { charactersLeft, internalError, STATUS_REASONS, StatusError, tooManyRequests } from "@percale/resources";
import type { KubeStatus, StatusReason } from "@percale/resources";
import { requireRight } from "../auth/authorize.ts";
import type { Right } from "../auth/authorize.ts";
import type { Identity } from "../auth/identity.ts";
import { storable } from "../bodies/body.ts";
import type { Gate } from "../limits.ts";
import type { Services } from "../services/services.ts";

/** What a procedure knows about its call. */
export interface CallContext {
  /** Who calls, judged anew for every call: a socket may outlive the credential it was opened with. Throws StatusError. */
  readonly identify: () => Promise<Identity>;
  readonly services: Services;
  /** The identity of a token that the caller wants a session for. Throws StatusError. */
  readonly prove: (token: string) => Promise<Identity>;
  /** The session cookie of the call. */
  readonly session: string | undefined;
  /** What is left for the answers of one batch, which are written in one go, in characters; absent where there is no batch. */
  readonly answers?: { left: number };
  /** Places for what goes on until it is stopped. */
  readonly subscriptions: Pick<Gate, "enter" | "leave">;
  /** Sets or clears the session cookie; absent on WebSockets, which have no response to put it in. */
  readonly setSession?: (session: { readonly value: string; readonly maxAgeSeconds: number } | undefined) => void;
}

const t = initTRPC.context<CallContext>().create({
  isDev: false, // no stack in an answer, whatever NODE_ENV says
  sse: { ping: { enabled: true, intervalMs: 15_000 } },
  errorFormatter: ({ shape, error }): typeof shape & { data: { status: KubeStatus } } => {
    const status = statusErrorOf(error).toStatus(currentRequestId());
    return { ...shape, message: status.message, data: { ...shape.data, status } };
  },
});

export const router = t.router;

/** Every StatusError leaves as a tRPC error of the matching code, with the Status in `error.data.status`. */
const mapped = t.procedure.use(async ({ ctx, next }) => {
  const identity = await ctx.identify().catch((error: unknown) => {
    throw error instanceof StatusError ? trpcErrorOf(error) : error;
  });
  const result = await next({ ctx: { identity } });
  if (!result.ok && result.error.cause instanceof StatusError) throw trpcErrorOf(result.error.cause);
  return result;
});

/** Each subscription costs at every change: of them there are only so many. */
const counted = mapped.use(async ({ ctx: { subscriptions }, type, signal, next }) => {
  if (type !== "subscription") return next();
  if (!subscriptions.enter()) throw trpcErrorOf(tooManyRequests("too many subscriptions are open: end some"));
  let isOpen = true;
  const leave = (): void => {
    if (isOpen) subscriptions.leave();
    isOpen = false;
  };
  signal?.addEventListener("abort", leave);
  const result = await next();
  if (result.ok) return { ...result, data: untilOver(result.data as AsyncIterable<unknown>, leave) }; // all of ours are generators
  leave();
  return result;
});

/** A feed that ends or fails by itself aborts nothing: its socket stays, and may have others. */
async function* untilOver<T>(feed: AsyncIterable<T>, over: () => void): AsyncGenerator<T> {
  try {
    yield* feed;
  } finally {
    over();
  }
}

/** Reads the input, so it comes after the question of rights. Of a large one each step has a turn of the event loop for itself. */
const storableInput = t.middleware(async ({ getRawInput, next }) => {
  const input = await getRawInput();
  await setImmediate();
  storable(input);
  await setImmediate();
  return next();
});

/** A change is not taken back for its answer, and its answer is no page. */
const answered = counted.use(async ({ ctx: { answers }, type, next }) => {
  const result = await next();
  if (!result.ok || type !== "query" || answers === undefined) return result;
  answers.left = charactersLeft(result.data, answers.left);
  if (answers.left < 0)
    throw trpcErrorOf(tooManyRequests("the answers of this batch are too long together: ask for less at once"));
  return result;
});

export const open = answered.use(storableInput);

/** A procedure for those who hold the right; nobody else learns more than that. */
export function can(right: Right) {
  const allowed = answered.use(({ ctx, next }) => {
    try {
      requireRight(ctx.identity, right);
    } catch (error) {
      throw error instanceof StatusError ? trpcErrorOf(error) : error;
    }
    return next();
  });
  return allowed.use(storableInput);
}

export function trpcErrorOf(error: StatusError): TRPCError {
  return new TRPCError({
    code: STATUS_REASONS[error.reason].trpc,
    message: error.message,
    cause: error,
  });
}

/** What tRPC itself refuses, as our reasons. Some it has no words for: the message is the code. */
const REFUSAL_BY_CODE: Readonly<Partial<Record<TRPC_ERROR_CODE_KEY, readonly [reason: StatusReason, words: string]>>> =
  {
    PARSE_ERROR: ["BadRequest", "the call is not valid JSON of the form that tRPC asks for"],
    BAD_REQUEST: ["BadRequest", "the call is not valid"],
    NOT_FOUND: ["NotFound", "there is no such procedure"],
    METHOD_NOT_SUPPORTED: ["MethodNotAllowed", "use GET for queries and POST for mutations"],
    PAYLOAD_TOO_LARGE: ["RequestEntityTooLarge", "the body is larger than this call may have"],
    UNSUPPORTED_MEDIA_TYPE: ["UnsupportedMediaType", "send application/json"],
  };

function statusErrorOf({ cause, code, message }: TRPCError): StatusError {
  if (cause instanceof StatusError) return cause;
  const refusal = REFUSAL_BY_CODE[code];
  if (refusal === undefined) return internalError("the server failed on this call: see its log", cause);
  const [reason, words] = refusal;
  return new StatusError(reason, message === "" || message === code ? words : message);
}
