import type { IncomingMessage, ServerResponse } from "node:http";
import type { TRPCError, TRPCProcedureType as ProcedureType } from "@trpc/server";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import type { Logger } from "@percale/daemon";
import { badRequest, StatusError } from "@percale/resources";
import type { WebSocket, WebSocketServer } from "ws";
import { hasRight } from "../auth/authorize.ts";
import type { Authenticator } from "../auth/authenticator.ts";
import type { Identity } from "../auth/identity.ts";
import { sessionCookie, sessionOf } from "../auth/session-cookie.ts";
import { callerOf, identityOf, isForgiving } from "../caller.ts";
import type { Caller } from "../caller.ts";
import { onClosed } from "../closed.ts";
import type { OpenCredentials } from "../auth/open-credentials.ts";
import { Gate, LIMITS } from "../limits.ts";
import type { Leave } from "../limits.ts";
import { logRefusal } from "../refusals.ts";
import type { Services } from "../services/services.ts";
import { trpcErrorOf } from "./init.ts";
import { takeLargeBody } from "./large-call.ts";
import type { CallContext } from "./init.ts";
import { appRouter } from "./router.ts";

interface MountOptions {
  readonly authenticator: Authenticator;
  readonly credentials: OpenCredentials;
  readonly services: Services;
  readonly log: Logger;
}

interface HttpMountOptions extends MountOptions {
  readonly watches: Gate;
}

interface SocketMountOptions extends MountOptions {
  readonly wss: WebSocketServer;
}

/** So much is read of whoever may read nothing here. */
const MAX_STRANGERS_BODY_BYTES = 4 * 1024;
/** Characters of the answers to one request's calls together. */
const MAX_BATCH_ANSWERS = 4 * 1024 * 1024;
/** Their answers may be as long as one turn of the event loop can write, and a batch is written in one. */
const ASKED_ALONE: ReadonlySet<string> = new Set([
  "policy.coverage",
  "board.order",
  "policy.protection",
  "policy.shadows",
  "policy.setUse",
  "policy.profileUse",
  "changes.set",
  "lab.probes",
  "policy.matches",
  "policy.matrix",
  "policy.impact",
  "selectors.test",
]);
/** Close code of a socket whose credential ended: private use, like HTTP's 401. */
const CREDENTIAL_ENDED = 4401;

export interface TrpcCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Gives up the place of a request: a subscription has one of another kind. */
  readonly leave: Leave;
  /** Without the prefix and the query. */
  readonly path: string;
  readonly caller: Caller;
}

/** Queries and mutations over HTTP; subscriptions over server-sent events too. */
export function trpcOverHttp({ authenticator, credentials, services, log, watches }: HttpMountOptions) {
  return async ({ request, response, path, caller, leave }: TrpcCall): Promise<void> => {
    const isSession = path.startsWith("session.");
    const isStranger = isSession || !hasRight(caller.identity, "look");
    const refusal = isStranger ? undefined : await takeLargeBody(request, caller.identity.user);
    await nodeHTTPRequestHandler({
      req: request,
      res: response,
      path,
      router: appRouter,
      ...(isStranger && { maxBodySize: MAX_STRANGERS_BODY_BYTES }),
      allowBatching: true,
      maxBatchSize: LIMITS.callsAtOnce,
      allowMethodOverride: true, // a query too long for an address comes as POST
      onError: ({ error, path, type, input }) => logFault(log, error, { path, type, input, by: caller.identity }),
      createContext: async ({ info: { calls, isBatchCall } }): Promise<CallContext> => {
        if (refusal !== undefined) throw trpcErrorOf(refusal);
        const alone = calls.find(({ path }) => ASKED_ALONE.has(path));
        if (alone !== undefined && calls.length > 1)
          throw trpcErrorOf(
            badRequest(`${alone.path} may not be in a batch: its answer may be long, ask for it alone`),
          );
        const judged = (caller: Caller): Identity => identityOf(isForgiving(path, request) ? lenient(caller) : caller);
        const identity = mapped(() => judged(caller));
        // A subscription's answer has no end of its own.
        const { ended, release } = credentials.hold(identity, async () =>
          judged(await callerOf(() => authenticator.judge(request))),
        );
        ended.addEventListener("abort", () => response.destroy());
        onClosed(response, release);
        return {
          identify: async () => identity,
          prove: (token) => authenticator.prove(request, token),
          services,
          session: sessionOf(request),
          ...(isBatchCall && { answers: { left: MAX_BATCH_ANSWERS } }),
          subscriptions: {
            enter: () => {
              const isOpen = watches.enter();
              if (isOpen) leave();
              return isOpen;
            },
            leave: () => watches.leave(),
          },
          setSession: (session) => response.setHeader("set-cookie", sessionCookie(session, request)),
        };
      },
    });
  };
}

/** A stale cookie must not keep anybody from signing in. */
function lenient(caller: Caller): Caller {
  return caller.refusal?.reason === "Unauthorized" ? { identity: caller.identity } : caller;
}

export interface TrpcSocket {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly caller: Caller;
  /** Called when the first message shows who is there. */
  readonly onKnown: (identity: Identity) => void;
}

/** The same procedures on a WebSocket: one connection carries all of a tab's subscriptions. Each call is a request (`call-socket.ts`). */
export function trpcOverWebSocket({ authenticator, credentials, services, log, wss }: SocketMountOptions) {
  return ({ socket, request, caller, onKnown }: TrpcSocket): void => {
    let by = caller.identity; // until the first message shows somebody else
    getWSConnectionHandler({
      wss,
      router: appRouter,
      keepAlive: { enabled: true, pingMs: 20_000, pongWaitMs: 10_000 },
      onError: ({ error, path, type, input }) => logFault(log, error, { path, type, input, by }),
      createContext: async ({ info }): Promise<CallContext> => {
        const token = info.connectionParams?.["token"];
        const identity =
          token === undefined
            ? mapped(() => identityOf(caller))
            : await authenticator.identify(request, token).catch((error: unknown) => rethrow(error));
        by = identity;
        if (token !== undefined) mapped(() => onKnown(identity));
        const ask = () => authenticator.judge(request, token);
        const { ended, release } = credentials.hold(identity, ask);
        ended.addEventListener("abort", () => socket.close(CREDENTIAL_ENDED, "the credential has ended"));
        onClosed(socket, release);
        return {
          identify: ask,
          prove: (one) => authenticator.prove(request, one),
          services,
          session: undefined,
          subscriptions: new Gate(LIMITS.subscriptionsPerSocket),
        };
      },
    })(socket, request);
  };
}

function mapped<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    return rethrow(error);
  }
}

function rethrow(error: unknown): never {
  throw error instanceof StatusError ? trpcErrorOf(error) : error;
}

interface Failed {
  readonly path: string | undefined;
  readonly type: ProcedureType | "unknown";
  readonly input: unknown;
  readonly by: Identity;
}

/** What clients do wrong is their business, but for writes; the rest is ours. */
function logFault(log: Logger, { code, cause }: TRPCError, { path = "", type, input, by }: Failed): void {
  if (cause instanceof StatusError) {
    const isWrite = type === "mutation" && !path.startsWith("session.") && !isRehearsal(input);
    if (isWrite) logRefusal(log, cause, { by, call: path });
  } else if (code === "INTERNAL_SERVER_ERROR") log.error("procedure failed", { path, error: cause });
}

/** The dashboard's editor asks at every pause of typing what a write would answer. */
function isRehearsal(input: unknown): boolean {
  return typeof input === "object" && input !== null && "dryRun" in input && input.dryRun === true;
}
