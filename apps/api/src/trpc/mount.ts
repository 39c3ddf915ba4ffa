import type { IncomingMessage, ServerResponse } from "node:http";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import type { Logger } from "@percale/daemon";
import { StatusError } from "@percale/resources";
import type { WebSocket, WebSocketServer } from "ws";
import { SESSION_COOKIE, sessionOf } from "../auth/authenticator.ts";
import type { Authenticator } from "../auth/authenticator.ts";
import { ANONYMOUS } from "../auth/identity.ts";
import type { Identity } from "../auth/identity.ts";
import { MAX_BODY_BYTES } from "../rest/body.ts";
import type { Services } from "../services/services.ts";
import { trpcErrorOf } from "./init.ts";
import type { CallContext } from "./init.ts";
import { appRouter } from "./router.ts";

interface MountOptions {
  readonly authenticator: Authenticator;
  readonly services: Services;
  readonly log: Logger;
}

/** Queries and mutations over HTTP; subscriptions over server-sent events too. */
export function trpcOverHttp({ authenticator, services, log }: MountOptions) {
  return (req: IncomingMessage, res: ServerResponse, path: string): Promise<void> =>
    nodeHTTPRequestHandler({
      req,
      res,
      path: path.split("?")[0]!,
      router: appRouter,
      maxBodySize: MAX_BODY_BYTES,
      allowBatching: true,
      allowMethodOverride: true, // a query too long for an address comes as POST
      onError: ({ error, path }) => logFault(log, error.cause, path),
      createContext: async (): Promise<CallContext> => ({
        identity: await identify(authenticator, req, path.startsWith("session.")),
        services,
        session: sessionOf(req),
        setSession: (session) => res.setHeader("set-cookie", cookieOf(session, isPlain(req))),
      }),
    });
}

/** The same procedures on a WebSocket: one connection carries all of a tab's subscriptions. */
export function trpcOverWebSocket({
  authenticator,
  services,
  log,
  wss,
}: MountOptions & { readonly wss: WebSocketServer }): (socket: WebSocket, request: IncomingMessage) => void {
  return getWSConnectionHandler({
    wss,
    router: appRouter,
    keepAlive: { enabled: true, pingMs: 20_000, pongWaitMs: 10_000 },
    onError: ({ error, path }) => logFault(log, error.cause, path),
    createContext: async ({ req, info }): Promise<CallContext> => {
      const token = info.connectionParams?.["token"];
      const identity =
        token === undefined
          ? await identify(authenticator, req, false)
          : await mapped(() => authenticator.byToken(token));
      return { identity, services, session: undefined };
    },
  });
}

/** A stale cookie must not keep anybody from signing in. */
function identify(authenticator: Authenticator, request: IncomingMessage, isLenient: boolean): Promise<Identity> {
  return mapped(() => authenticator.identify(request)).catch((error: unknown) => {
    const isWrong =
      error instanceof Error && error.cause instanceof StatusError && error.cause.reason === "Unauthorized";
    if (isLenient && isWrong) return ANONYMOUS;
    throw error;
  });
}

async function mapped<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof StatusError ? trpcErrorOf(error) : error;
  }
}

function logFault(log: Logger, cause: unknown, path: string | undefined): void {
  if (cause === undefined || cause instanceof StatusError) return;
  log.error("procedure failed", { path, error: cause });
}

/** Behind the dashboard's plain HTTP a browser would not send a Secure cookie back. The proxy names the host it was asked for. */
function isPlain({ headers }: IncomingMessage): boolean {
  return headers["x-forwarded-host"] !== undefined && headers["x-forwarded-proto"] !== "https";
}

function cookieOf(session: { value: string; maxAgeSeconds: number } | undefined, plain: boolean): string {
  const { value = "", maxAgeSeconds = 0 } = session ?? {};
  const flags = `Path=/; HttpOnly; SameSite=Strict${plain ? "" : "; Secure"}`;
  return `${SESSION_COOKIE}=${value}; Max-Age=${maxAgeSeconds}; ${flags}`;
}
