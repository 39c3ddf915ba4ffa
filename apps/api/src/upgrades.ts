import type { IncomingMessage } from "node:http";
import { hostname } from "node:os";
import type { Duplex } from "node:stream";
import { outsideRequests, REQUEST_ID_HEADER, requestIdOf, withRequestId } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { CloseCode, SYNC_PATH, SYNC_SUBPROTOCOL } from "@percale/protocol";
import { StatusError, tooManyRequests } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { SyncServer } from "@percale/sync";
import type { SyncStream } from "@percale/sync";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { Authenticator } from "./auth/authenticator.ts";
import { requireRight } from "./auth/authorize.ts";
import { sourceOf } from "./auth/failures.ts";
import { nodeOf } from "./auth/identity.ts";
import type { OpenCredentials } from "./auth/open-credentials.ts";
import { callerOf, identityOf } from "./caller.ts";
import type { Hearing } from "./hearing/hearing.ts";
import { LIMITS, Places, serveWatch, SharedGate } from "./limits.ts";
import type { Gate } from "./limits.ts";
import type { ApiMetrics } from "./metrics.ts";
import { isWatch } from "./rest/objects.ts";
import { parseObjectRoute } from "./rest/route.ts";
import { serveRightfully } from "./rest/watch-rights.ts";
import { watchInto } from "./rest/watch.ts";
import { webSocketSink } from "./rest/watch-sink.ts";
import type { Services } from "./services/services.ts";
import type { NodeStatuses } from "./sync/node-statuses.ts";
import { reachOf, syncRefusal } from "./sync/refusal.ts";
import { storeSource } from "./sync/source.ts";
import type { Strangers } from "./strangers.ts";
import { CallSocket } from "./trpc/call-socket.ts";
import { trpcOverWebSocket } from "./trpc/mount.ts";

const MAX_SYNC_MESSAGE = 1024 * 1024; // a status of a node with a thousand workloads
const MAX_TRPC_MESSAGE = 64 * 1024; // subscriptions; what carries objects goes over HTTP
const SIGN_IN_MS = 10_000;
/** So long a client that was told the end may keep its place without an answer. Its types do not know the option. */
const ENDING = { closeTimeout: 1_000 } as object;

export interface UpgradeOptions {
  readonly store: Datastore;
  readonly statuses: NodeStatuses;
  readonly authenticator: Authenticator;
  readonly credentials: OpenCredentials;
  readonly services: Services;
  readonly log: Logger;
  /** Those that are open. */
  readonly streams: Set<SyncStream>;
  readonly hearing: Pick<Hearing, "hear">;
  readonly apiMetrics: ApiMetrics;
  readonly strangers: Strangers;
  readonly watches: Gate;
  readonly build: string;
}

export interface Upgrades {
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  close(): void;
}

type Open = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;

/** WebSockets: agents' streams at /sync/v1, procedures at /trpc, watches where they are over HTTP. Who asks is known before a place is given. */
export function upgrades(options: UpgradeOptions): Upgrades {
  const sync = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_SYNC_MESSAGE,
    perMessageDeflate: false,
    ...ENDING,
    handleProtocols: (offered) => (offered.has(SYNC_SUBPROTOCOL) ? SYNC_SUBPROTOCOL : false),
  });
  const watch = new WebSocketServer({ noServer: true, maxPayload: 1_024, ...ENDING }); // nobody has much to say to a watch
  const trpc = new WebSocketServer({ noServer: true, maxPayload: MAX_TRPC_MESSAGE, WebSocket: CallSocket, ...ENDING });
  const openByPath = new Map<string, Open>([
    [SYNC_PATH, syncUpgrade(options, sync)],
    ["/trpc", trpcUpgrade(options, trpc)],
  ]);
  return {
    onUpgrade: (request, socket, head) => {
      socket.on("error", () => socket.destroy());
      const open = openByPath.get((request.url ?? "/").split("?")[0]!) ?? watchUpgrade(options, watch);
      const requestId = requestIdOf(request.headers);
      void withRequestId(requestId, () =>
        open(request, socket, head).catch((error: unknown) => {
          if (!(error instanceof StatusError)) options.log.error("upgrade failed", { url: request.url, error });
          refuse(socket, error, requestId);
        }),
      );
    },
    close: () => {
      for (const client of [...sync.clients, ...trpc.clients, ...watch.clients]) client.terminate();
    },
  };
}

function syncUpgrade(
  { store, statuses, authenticator, credentials, log, streams, hearing, apiMetrics, strangers, build }: UpgradeOptions,
  wss: WebSocketServer,
): Open {
  const gate = new SharedGate(LIMITS.syncStreams, LIMITS.syncStreamsPerNode);
  const snapshots = new SharedGate(LIMITS.snapshots, LIMITS.snapshotsPerNode);
  const server = new SyncServer({
    source: storeSource(store),
    putStatus: (status) => statuses.put(status),
    snapshotGate: { enter: (node) => snapshots.take(node), leave: (node) => snapshots.give(node) },
    log,
    build,
    server: `${hostname()}/${process.pid}`,
    onSend: (kind) => apiMetrics.syncMessages.inc({ kind }),
    onHeard: hearing.hear,
  });
  return async (request, socket, head) => {
    const identity = identityOf(await callerOf(() => authenticator.identify(request)));
    requireRight(identity, "sync");
    if (socket.destroyed) return; // it went while we looked: nobody would give its place back
    const leave = gate.enter(nodeOf(identity));
    if (leave === undefined) throw tooManyRequests(`too many streams are open here, or for ${identity.user}`);
    socket.once("close", leave);
    strangers.know(request.socket);
    wss.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = outsideRequests(() =>
        // what the first one starts is there for all
        server.serve({
          socket: webSocket,
          refusalOf: (hello) => syncRefusal(identity, hello),
          reach: reachOf(identity),
        }),
      );
      streams.add(stream);
      const { ended, release } = credentials.hold(identity, () => authenticator.judge(request));
      ended.addEventListener("abort", () => stream.dismiss(messageOf(ended.reason)));
      webSocket.once("close", () => {
        streams.delete(stream);
        release();
      });
    });
  };
}

/** Whoever shows a token in the first message only has one of the strangers' places until then. */
function trpcUpgrade(
  { authenticator, credentials, services, log, strangers }: UpgradeOptions,
  wss: WebSocketServer,
): Open {
  const places = new Places(LIMITS.sockets, "WebSockets");
  const serve = trpcOverWebSocket({ authenticator, credentials, services, log, wss });
  return async (request, socket, head) => {
    // Where tRPC makes a URL of it there is nobody to catch what that throws.
    if (!URL.canParse(`https://${request.headers.host ?? ""}`))
      throw new StatusError("BadRequest", `Host: must be a host name, got ${JSON.stringify(request.headers.host)}`);
    const caller = await callerOf(() => authenticator.identify(request));
    if (socket.destroyed) return;
    let leave = places.enter(caller.identity, sourceOf(request));
    socket.once("close", () => leave());
    if (caller.identity.method !== "anonymous") strangers.know(request.socket);
    wss.handleUpgrade(request, socket, head, (webSocket) => {
      const isStranger = caller.identity.method === "anonymous";
      const timer = isStranger
        ? setTimeout(() => webSocket.close(CloseCode.timeout, "nobody signed in within 10 s"), SIGN_IN_MS)
        : undefined;
      webSocket.once("close", () => clearTimeout(timer));
      wss.emit("connection", webSocket, request);
      serve({
        socket: webSocket,
        request,
        caller,
        onKnown: (identity) => {
          clearTimeout(timer);
          strangers.know(request.socket);
          leave();
          if (!socket.destroyed) leave = places.enter(identity);
        },
      });
    });
  };
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** A watch of Kubernetes' API: the same address, rights and events as over plain HTTP. */
function watchUpgrade(
  { store, authenticator, credentials, log, strangers, watches }: UpgradeOptions,
  wss: WebSocketServer,
): Open {
  return async (request, socket, head) => {
    const { pathname, searchParams: query } = new URL(request.url ?? "/", "https://api");
    const route = parseObjectRoute(pathname);
    if (route === undefined || !isWatch(query)) throw new StatusError("NotFound", "no WebSocket is served here");
    const identity = identityOf(await callerOf(() => authenticator.identify(request)));
    if (socket.destroyed) return;
    strangers.know(request.socket);
    const sink = webSocketSink(() => upgraded(wss, { request, socket, head }));
    const { ended, release } = credentials.hold(identity, () => authenticator.judge(request));
    const call = { request, route, query, store, identity, ended };
    await serveWatch(watches, () => serveRightfully(call, (rights) => watchInto({ ...call, ...rights, sink })))
      .finally(release)
      .catch((error: unknown) => {
        if (!sink.hasBegun) throw error;
        log.error("a watch failed", { url: request.url, error });
      });
  };
}

/** What `ws` calls back with, it does at once: the request was looked at before. Throws what it refuses. */
function upgraded(
  wss: WebSocketServer,
  { request, socket, head }: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
): WebSocket {
  let opened: WebSocket | undefined;
  wss.handleUpgrade(request, socket, head, (webSocket) => (opened = webSocket));
  if (opened === undefined) throw new StatusError("BadRequest", "the request is no WebSocket handshake");
  return opened;
}

/** Before the upgrade a refusal is plain HTTP. */
function refuse(socket: Duplex, error: unknown, requestId: string): void {
  const failure = error instanceof StatusError ? error : new StatusError("InternalError", "the upgrade failed");
  const body = JSON.stringify(failure.toStatus(requestId));
  socket.end(
    `HTTP/1.1 ${failure.code} ${failure.reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${REQUEST_ID_HEADER}: ${requestId}\r\nConnection: close\r\n\r\n${body}`,
  );
}
