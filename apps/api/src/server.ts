import { createServer } from "node:https";
import type { Server, ServerOptions } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { rm } from "node:fs/promises";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { listenPrivately } from "@percale/daemon";
import type { Pki } from "./auth/pki.ts";
import { LIMITS } from "./limits.ts";
import type { Strangers } from "./strangers.ts";

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Unix socket beside the port: reachable from other network namespaces, TLS all the same. */
  readonly socket: string | undefined;
  readonly pki: Pki;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly strangers: Strangers;
}

export interface Listener {
  readonly port: number;
  /** New certificates for new connections; those that are open stay. */
  setPki(pki: Pki): void;
  /** Stops listening and cuts what is still open. */
  close(): Promise<void>;
}

/** One HTTPS front on a TCP port and on a unix socket. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { host, port, socket } = options;
  const tcp = await open(options, { host, port });
  const local = socket === undefined ? undefined : await openSocket(options, socket);
  const servers = [tcp, ...(local === undefined ? [] : [local])];
  return {
    port: (tcp.address() as AddressInfo).port, // it listens on TCP
    setPki: (pki) => servers.forEach((server) => server.setSecureContext(tlsOptions(pki))),
    close: async () => {
      await Promise.all(servers.map(close));
      if (socket !== undefined) await rm(socket, { force: true });
    },
  };
}

async function openSocket(options: ListenOptions, path: string): Promise<Server> {
  await rm(path, { force: true }); // of a process that died; two servers on one data folder are refused by its owner
  const server = serverFor(options);
  await listenPrivately(server, path); // agents on this machine run as we do
  return server;
}

function serverFor({ pki, onRequest, onUpgrade, strangers }: ListenOptions): Server {
  const server = createServer({ ...tlsOptions(pki), ...HTTP_OPTIONS }, onRequest);
  // As the listener made it; only a caller of `emit` could hand in another kind.
  server.on("connection", (socket) => strangers.meet(socket as Socket));
  server.on("upgrade", onUpgrade);
  server.on("clientError", (_, socket) => socket.destroy());
  server.maxConnections = LIMITS.connections;
  return server;
}

function open(options: ListenOptions, where: { readonly host: string; readonly port: number }): Promise<Server> {
  const server = serverFor(options);
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  server.once("error", reject).listen(where, () => {
    server.off("error", reject);
    resolve(server);
  });
  return promise;
}

const HTTP_OPTIONS: ServerOptions = {
  headersTimeout: 15_000,
  requestTimeout: 60_000, // for the request to arrive; watches are answers
  keepAliveTimeout: 75_000,
  handshakeTimeout: 15_000,
  maxHeaderSize: 64 * 1024, // label selectors travel in addresses
  noDelay: true,
};

/** Client certificates are asked for, not required: others send tokens. An unknown authority's counts as none. */
function tlsOptions({ ca, server }: Pki): ServerOptions {
  return {
    ca,
    cert: server.certificate,
    key: server.key,
    minVersion: "TLSv1.2",
    requestCert: true,
    rejectUnauthorized: false,
  };
}

function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
