import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { forwardedHosts } from "./api-proxy.ts";
import type { ApiProxy } from "./api-proxy.ts";
import { isOwnHost } from "./host-names.ts";

export interface FrontOptions {
  readonly proxy: ApiProxy;
  /** Names it answers to, besides those of the loopback interface and the address it was reached by. */
  readonly names: readonly string[];
  readonly page: (request: IncomingMessage, response: ServerResponse) => void;
  /** Absent: WebSockets lead to the API only. */
  readonly upgradePage?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** The dashboard's listener: health, then whom it was asked as, then `/trpc` and `/oidc` to the API and the rest to the pages. */
export function createFront({ proxy, names, page, upgradePage }: FrontOptions): Server {
  const server = createServer((request, response) => {
    const url = request.url ?? "/";
    if (url === "/livez" || url === "/readyz") {
      response.writeHead(200, { "content-type": "text/plain" }).end("ok\n");
      return;
    }
    const stranger = strangerIn(request, names);
    if (stranger !== undefined) {
      response.writeHead(MISDIRECTED, { "content-type": "text/plain; charset=utf-8" }).end(advice(stranger));
      return;
    }
    if (isApi(url)) proxy.forward(request, response);
    else {
      request.url = readable(url);
      page(request, response);
    }
  });
  server.on("upgrade", (request, socket, head) => {
    const stranger = strangerIn(request, names);
    if (stranger !== undefined) refuseUpgrade(socket, advice(stranger));
    else if (isApi(request.url ?? "/")) proxy.upgrade(request, socket, head);
    else if (upgradePage === undefined) socket.destroy();
    else upgradePage(request, socket, head);
  });
  return server;
}

const MISDIRECTED = 421;

/** The name that is not ours. A proxy in front may have changed Host and kept the browser's in x-forwarded-host: both must be ours. */
function strangerIn({ headers, socket }: IncomingMessage, names: readonly string[]): string | undefined {
  const { localAddress } = socket;
  const asked = [headers.host ?? "", ...forwardedHosts(headers)];
  return asked.find((host) => !isOwnHost(host, { names, localAddress }));
}

function advice(host: string): string {
  const shown = JSON.stringify(host.slice(0, 253));
  return `This dashboard does not answer to the name ${shown}. If it should, start it with that name in PERCALE_WEB_NAMES (names with commas between).\n`;
}

function refuseUpgrade(socket: Duplex, text: string): void {
  socket.on("error", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${MISDIRECTED} Misdirected Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

/** A path that is no text once decoded stands for itself: its page says that nothing is called that. */
function readable(url: string): string {
  const [path = "", ...query] = url.split("?");
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return [path.replaceAll("%", "%25"), ...query].join("?");
  }
}

function isApi(url: string): boolean {
  return url === "/trpc" || url.startsWith("/trpc/") || url.startsWith("/trpc?") || url.startsWith("/oidc/");
}
