import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import next from "next";
import { createApiProxy } from "./api-proxy.ts";
import { readConfig } from "./config.ts";
import { securityHeaders } from "./security-headers.ts";

/** The dashboard's server: Next's pages, `/trpc` carried to the API, security headers on everything. */
const config = readConfig(process.env);
const log = (msg: string, fields: object) =>
  process.stderr.write(`${JSON.stringify({ level: "info", component: "web", msg, ...fields })}\n`);

const dir = fileURLToPath(new URL("..", import.meta.url));
// Next would answer upgrades on the server of its first request, ours to `/trpc` included: give it one that never listens.
const httpServer = createServer();
const app = next({ dir, dev: config.dev, hostname: config.host, port: config.port, quiet: !config.dev, httpServer });
await app.prepare();
const handle = app.getRequestHandler();
const handleUpgrade = app.getUpgradeHandler();
const proxy = createApiProxy(config);

const server = createServer((request, response) => {
  const url = request.url ?? "/";
  if (url === "/livez" || url === "/readyz") {
    response.writeHead(200, { "content-type": "text/plain" }).end("ok\n");
    return;
  }
  if (isApi(url)) {
    proxy.forward(request, response);
    return;
  }
  const headers = securityHeaders({ nonce: randomBytes(16).toString("base64"), dev: config.dev });
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // Next takes the nonce for its own scripts from the request's policy.
  request.headers["content-security-policy"] = headers["content-security-policy"];
  void handle(request, response);
});

server.on("upgrade", (request, socket, head) => {
  if (isApi(request.url ?? "/")) proxy.upgrade(request, socket, head);
  else if (config.dev) void handleUpgrade(request, socket, head);
  else socket.destroy();
});

server.listen(config.port, config.host, () => {
  const { port } = server.address() as AddressInfo;
  log("dashboard ready", { url: `http://${config.host}:${port}`, api: config.apiUrl.origin, dev: config.dev });
});

function isApi(url: string): boolean {
  return url === "/trpc" || url.startsWith("/trpc/") || url.startsWith("/trpc?");
}

async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  proxy.close();
  await app.close();
  process.exit(0);
}
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop());
