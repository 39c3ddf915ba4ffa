import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import type { HealthRegistry, Probe, ProbeReport } from "./health.ts";
import { listenPrivately } from "./private-files.ts";

export interface HealthServerOptions {
  readonly health: HealthRegistry;
  readonly metrics: Registry;
  readonly host?: string;
  /** 0 chooses a free one. */
  readonly port?: number;
  /** A unix socket instead of host and port. */
  readonly path?: string;
}

export interface HealthServer {
  /** The TCP port, or undefined on a unix socket. */
  readonly port: number | undefined;
  close(): Promise<void>;
}

export interface HealthAnswer {
  readonly status: number;
  /** Media type. */
  readonly type: string;
  readonly body: string;
}

/** What `/livez`, `/readyz` and `/metrics` answer; undefined for any other path. For daemons with a listener of their own. */
export async function answerHealth(
  pathname: string,
  { health, metrics }: Pick<HealthServerOptions, "health" | "metrics">,
): Promise<HealthAnswer | undefined> {
  const probe = PROBE_BY_PATH.get(pathname);
  if (probe !== undefined) {
    const report = health.report(probe);
    return { status: report.ok ? 200 : 503, type: "text/plain; charset=utf-8", body: renderReport(report) };
  }
  if (pathname === "/metrics") return { status: 200, type: metrics.contentType, body: await metrics.metrics() };
  return undefined;
}

/** Serves those paths on a listener of its own, loopback unless told otherwise. */
export async function serveHealth({
  host = "127.0.0.1",
  port = 0,
  path,
  ...sources
}: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const pathname = (request.url ?? "/").split("?")[0]!; // not `new URL`, which throws on a path like "//"
    answerHealth(pathname, sources).then(
      (answer) => send(response, answer ?? { status: 404, type: "text/plain", body: "not found\n" }),
      (error: unknown) => send(response, { status: 500, type: "text/plain", body: `${String(error)}\n` }),
    );
  });
  await (path === undefined ? listen(server, { host, port }) : listenPrivately(server, path));
  const address: AddressInfo | string | null = server.address();
  return {
    port: typeof address === "object" ? address?.port : undefined,
    close: () => close(server),
  };
}

const PROBE_BY_PATH: ReadonlyMap<string, Probe> = new Map([
  ["/livez", "live"],
  ["/readyz", "ready"],
]);

function renderReport({ ok, checks }: ProbeReport): string {
  const lines = checks.map(({ name, problem }) => (problem === undefined ? `[+] ${name}` : `[-] ${name}: ${problem}`));
  return [...lines, ok ? "ok" : "failed", ""].join("\n");
}

function send(response: ServerResponse, { status, type, body }: { status: number; type: string; body: string }): void {
  response.writeHead(status, { "content-type": type }).end(body);
}

function listen(server: Server, where: { host: string; port: number }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(where, () => resolve());
  return promise;
}

function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
