import type { AppRouter } from "@percale/api";
import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpLink,
  splitLink,
  type TRPCClient,
  TRPCClientError,
  wsLink,
} from "@trpc/client";
import { type KubeStatus, STATUS_REASONS } from "@percale/resources/catalog";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { connection } from "../live/connection.ts";
import { PromptSocket } from "./prompt-socket.ts";

export type RouterInputs = inferRouterInputs<AppRouter>;
export type RouterOutputs = inferRouterOutputs<AppRouter>;

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

/** The server's close code for a socket whose session ended. */
const CREDENTIAL_ENDED = 4401;
/** The server takes no more calls in one request. */
const MAX_BATCH = 32;
/** The answers of one request have a limit together: these come alone. */
const LONG_ANSWERS: ReadonlySet<string> = new Set([
  "objects.list",
  "objects.history",
  "changes.list",
  "changes.set",
  "changes.effects",
  "lab.probes",
  "changes.submit",
  "changes.revert",
]);

/** To the sign-in page, and back to the same address afterwards. */
export function goToSignIn(): void {
  const { pathname, search } = globalThis.location;
  if (pathname !== "/signin") globalThis.location.assign(`/signin?next=${encodeURIComponent(pathname + search)}`);
}

/** Half a second, doubling to 30 s, with full jitter so that a restarted server is not met by every browser at once. */
export function retryDelayMs(attempt: number): number {
  return Math.round(Math.random() * Math.min(30_000, 500 * 2 ** attempt)) + 100;
}

/** Queries and writes over HTTP (batched), subscriptions over one WebSocket that reports its state to `connection`. */
export function createClient(): TRPCClient<AppRouter> {
  const socket = createWSClient({
    WebSocket: PromptSocket,
    url: () => `${globalThis.location.protocol === "https:" ? "wss" : "ws"}://${globalThis.location.host}/trpc`,
    // Opened by the first subscription, so that the sign-in page holds no socket.
    lazy: { enabled: true, closeMs: 2000 },
    keepAlive: { enabled: true, intervalMs: 2000, pongTimeoutMs: 2000 },
    retryDelayMs: (attempt) => {
      const delayMs = retryDelayMs(attempt);
      connection.retrying(Date.now() + delayMs);
      return delayMs;
    },
    onOpen: () => connection.opened(),
    onClose: (cause) => {
      connection.closed(Date.now());
      if (cause?.code === CREDENTIAL_ENDED) goToSignIn();
    },
  });
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: wsLink({ client: socket }),
        false: splitLink({
          // What one looks at waits for nothing else.
          condition: ({ path }) => LONG_ANSWERS.has(path) || path.startsWith("lists."),
          true: httpLink({ url: "/trpc" }),
          false: splitLink({
            // Their inputs carry whole objects and many pairs, too much for an address; their answers are too long for a batch.
            condition: ({ path }) => /^(policy|board|selectors)\./.test(path),
            true: httpLink({ url: "/trpc", methodOverride: "POST" }),
            false: httpBatchLink({ url: "/trpc", maxURLLength: 4000, maxItems: MAX_BATCH }),
          }),
        }),
      }),
    ],
  });
}

/** What a failed call says about itself, whatever threw it. */
export interface Failure {
  readonly kind: "signedOut" | "forbidden" | "notFound" | "conflict" | "invalid" | "unavailable" | "error";
  readonly message: string;
  /** Field paths with their complaint, where the server names them. */
  readonly causes: readonly { readonly field: string; readonly message: string }[];
  /** Of the request, where a server answered it. */
  readonly requestId?: string | undefined;
}

const KIND_BY_CODE: ReadonlyMap<string, Failure["kind"]> = new Map([
  [STATUS_REASONS.Unauthorized.trpc, "signedOut"],
  [STATUS_REASONS.Forbidden.trpc, "forbidden"],
  [STATUS_REASONS.NotFound.trpc, "notFound"],
  [STATUS_REASONS.Conflict.trpc, "conflict"],
  [STATUS_REASONS.BadRequest.trpc, "invalid"],
  [STATUS_REASONS.Invalid.trpc, "invalid"],
  [STATUS_REASONS.ServiceUnavailable.trpc, "unavailable"],
  [STATUS_REASONS.Timeout.trpc, "unavailable"],
  [STATUS_REASONS.TooManyRequests.trpc, "unavailable"], // for a moment
]);

export function failureOf(error: unknown): Failure {
  if (error instanceof TRPCClientError) {
    const data = error.data as { code?: string; status?: KubeStatus } | undefined; // the server's shape; absent without one
    const causes = causesOf(data?.status);
    if (data?.code === undefined) {
      return {
        kind: "unavailable",
        message: "The server does not answer. It may be restarting, or the network is down.",
        causes,
      };
    }
    const requestId = data.status?.details?.requestId;
    return { kind: KIND_BY_CODE.get(data.code) ?? "error", message: error.message, causes, requestId };
  }
  return { kind: "error", message: error instanceof Error ? error.message : String(error), causes: [] };
}

function causesOf(status: KubeStatus | undefined): Failure["causes"] {
  return (status?.details?.causes ?? []).map(({ field = "", message }) => ({ field, message }));
}
