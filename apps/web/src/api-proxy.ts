import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
  request as httpRequest,
} from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";

/** Carries `/trpc` to the API server, over TLS, HTTP and WebSocket alike, so that the browser has one origin and one cookie. */
export interface ApiProxy {
  readonly forward: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly close: () => void;
}

export function createApiProxy({ apiUrl, ca }: { readonly apiUrl: URL; readonly ca: Buffer | undefined }): ApiProxy {
  const secure = apiUrl.protocol === "https:";
  const agent = secure
    ? new Agent({ keepAlive: true, maxSockets: 256, ...(ca === undefined ? {} : { ca }) })
    : undefined;
  const send = secure ? httpsRequest : httpRequest;

  const options = (request: IncomingMessage): RequestOptions => ({
    method: request.method,
    host: apiUrl.hostname.replace(/^\[|\]$/g, ""),
    port: apiUrl.port,
    path: request.url,
    headers: {
      ...request.headers,
      // The API's own name, for its certificate and for itself: what the browser called us means nothing there.
      host: apiUrl.host,
      "x-forwarded-for": [request.headers["x-forwarded-for"], request.socket.remoteAddress]
        .flat()
        .filter(Boolean)
        .join(", "),
      // A proxy in front of us knows better what the browser asked for.
      "x-forwarded-host": forwardedHosts(request.headers)[0] ?? request.headers.host ?? "",
      // On plain HTTP a browser would not send a Secure cookie back.
      "x-forwarded-proto": request.headers["x-forwarded-proto"] ?? ("encrypted" in request.socket ? "https" : "http"),
    },
    ...(agent === undefined ? {} : { agent }),
  });

  return {
    forward(request, response) {
      const upstream = send(options(request), (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      upstream.on("error", (error) => {
        refuse(response, apiUrl, error);
      });
      response.on("close", () => upstream.destroy());
      request.pipe(upstream);
    },

    upgrade(request, socket, head) {
      const upstream = send({ ...options(request), ...(agent === undefined ? {} : { agent: new Agent(caOf(ca)) }) });
      upstream.on("upgrade", (answer, apiSocket, apiHead) => {
        socket.write(renderHead(answer));
        socket.write(apiHead);
        apiSocket.write(head);
        apiSocket.pipe(socket).pipe(apiSocket);
        const end = () => {
          socket.destroy();
          apiSocket.destroy();
        };
        for (const side of [socket, apiSocket]) side.on("error", end).on("close", end);
      });
      upstream.on("response", (answer) => {
        socket.end(`HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ""}\r\nConnection: close\r\n\r\n`);
      });
      upstream.on("error", () => {
        socket.end("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n");
      });
      socket.on("error", () => upstream.destroy());
      upstream.end();
    },

    close: () => agent?.destroy(),
  };
}

/** The hosts that proxies in front were asked by, the browser's first. */
export function forwardedHosts(headers: IncomingHttpHeaders): string[] {
  return [headers["x-forwarded-host"] ?? []].flat().flatMap((text) => text.split(",").map((host) => host.trim()));
}

function caOf(ca: Buffer | undefined): { ca?: Buffer } {
  return ca === undefined ? {} : { ca };
}

function renderHead(answer: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${answer.statusCode ?? 101} ${answer.statusMessage ?? "Switching Protocols"}`];
  for (let at = 0; at < answer.rawHeaders.length; at += 2) {
    lines.push(`${answer.rawHeaders[at]}: ${answer.rawHeaders[at + 1]}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** The shape of a tRPC error, so that the client shows the sentence instead of "unexpected token". */
function refuse(response: ServerResponse, apiUrl: URL, error: Error): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message = `The API server at ${apiUrl.origin} does not answer (${error.message}).`;
  const data = { code: "SERVICE_UNAVAILABLE", httpStatus: 503 };
  response.writeHead(503, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { message, code: -32_603, data } }));
}
