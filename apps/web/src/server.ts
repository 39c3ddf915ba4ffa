import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { daemonExit } from "@percale/protocol";
import next from "next";
import { createApiProxy } from "./api-proxy.ts";
import { readConfig } from "./config.ts";
import type { WebConfig } from "./config.ts";
import { createFront } from "./front.ts";
import { securityHeaders } from "./security-headers.ts";

/** The dashboard's server: Next's pages, `/trpc` carried to the API, security headers on everything. */
const config = configOrExit();
const log = (msg: string, fields: object) =>
  process.stderr.write(`${JSON.stringify({ level: "info", component: "web", msg, ...fields })}\n`);

const dir = fileURLToPath(new URL("..", import.meta.url));
// Next answers upgrades on the server of its first request, ours to `/trpc` included: give it one that never listens, and hand on what is its own.
const httpServer = createServer();
const app = next({ dir, dev: config.dev, hostname: config.host, port: config.port, quiet: !config.dev, httpServer });
await app.prepare();
const handle = app.getRequestHandler();
const proxy = createApiProxy(config);

const server = createFront({
  proxy,
  names: config.names,
  page: (request, response) => {
    const headers = securityHeaders({ nonce: randomBytes(16).toString("base64"), dev: config.dev });
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    // Next takes the nonce for its own scripts from the request's policy.
    request.headers["content-security-policy"] = headers["content-security-policy"];
    void handle(request, response);
  },
  ...(config.dev && {
    upgradePage: (request, socket, head) => {
      if (!httpServer.emit("upgrade", request, socket, head)) socket.destroy(); // it hears from its first request on
    },
  }),
});

server.once("error", (error) =>
  exitWith(`the dashboard cannot listen: ${error.message}; choose a port with PERCALE_WEB_PORT`),
);
server.listen(config.port, config.host, () => {
  const { port } = server.address() as AddressInfo;
  log("dashboard ready", { url: `http://${config.host}:${port}`, api: config.apiUrl.origin, dev: config.dev });
});

function configOrExit(): WebConfig {
  try {
    return readConfig(process.env);
  } catch (error) {
    return exitWith(error instanceof Error ? error.message : String(error));
  }
}

/** What a person can mend is told to a person, without a stack. */
function exitWith(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(daemonExit.failed.code);
}

async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  proxy.close();
  await app.close();
  process.exit(daemonExit.stopped.code);
}
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop());
