import { initTRPC, TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server";
import { internalError, StatusError } from "@percale/resources";
import type { KubeStatus } from "@percale/resources";
import { hasRight } from "../auth/authorize.ts";
import type { Right } from "../auth/authorize.ts";
import type { Identity } from "../auth/identity.ts";
import type { Services } from "../services/services.ts";

/** What a procedure knows about its call. */
export interface CallContext {
  readonly identity: Identity;
  readonly services: Services;
  /** The session cookie of the call. */
  readonly session: string | undefined;
  /** Sets or clears the session cookie; absent on WebSockets, which have no response to put it in. */
  readonly setSession?: (session: { readonly value: string; readonly maxAgeSeconds: number } | undefined) => void;
}

const CODE_BY_STATUS: Readonly<Record<number, TRPC_ERROR_CODE_KEY>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  409: "CONFLICT",
  410: "PRECONDITION_FAILED",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  503: "SERVICE_UNAVAILABLE",
  504: "GATEWAY_TIMEOUT",
};

const t = initTRPC.context<CallContext>().create({
  isDev: false, // no stack in an answer, whatever NODE_ENV says
  sse: { ping: { enabled: true, intervalMs: 15_000 } },
  errorFormatter: ({ shape, error }): typeof shape & { data: { status: KubeStatus } } => {
    const status = statusErrorOf(error).toStatus();
    return { ...shape, message: status.message, data: { ...shape.data, status } };
  },
});

export const router = t.router;
export const createCaller = t.createCallerFactory;

/** Every StatusError leaves as a tRPC error of the matching code, with the Status in `error.data.status`. */
const mapped = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof StatusError) throw trpcErrorOf(result.error.cause);
  return result;
});

export const open = mapped;

/** A procedure for those who hold the right; nobody else learns more than that. */
export function can(right: Right) {
  return mapped.use(({ ctx, next }) => {
    if (ctx.identity.method === "anonymous") throw trpcErrorOf(new StatusError("Unauthorized", "sign in first"));
    if (!hasRight(ctx.identity, right))
      throw trpcErrorOf(new StatusError("Forbidden", `User "${ctx.identity.user}" has no right to ${right}`));
    return next();
  });
}

export function trpcErrorOf(error: StatusError): TRPCError {
  return new TRPCError({
    code: CODE_BY_STATUS[error.code] ?? "INTERNAL_SERVER_ERROR",
    message: error.message,
    cause: error,
  });
}

function statusErrorOf(error: TRPCError): StatusError {
  if (error.cause instanceof StatusError) return error.cause;
  if (error.code === "BAD_REQUEST") return new StatusError("BadRequest", error.message);
  if (error.code === "NOT_FOUND") return new StatusError("NotFound", error.message);
  return internalError(error.message, error);
}
