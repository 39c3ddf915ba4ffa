import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request as httpsRequest } from "node:https";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { startTestPostgres } from "@percale/store";
import type { TestPostgres } from "@percale/store";
import { memoryRecords, MemoryStore } from "@percale/store/memory";
import { startApi } from "../start.ts";
import type { Api, ApiOptions } from "../start.ts";

export interface Answer {
  readonly code: number;
  readonly headers: IncomingMessage["headers"];
  /** Parsed if it is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies of every shape
  readonly body: any;
}

export interface CallOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: the administrator's; null: none. */
  readonly token?: string | null;
}

/** A whole API server on data of its own, and a client for it. */
export interface TestApi {
  readonly api: Api;
  readonly dataDir: string;
  readonly kubeconfig: string;
  readonly token: string;
  readonly ca: string;
  readonly agent: Agent;
  call(path: string, options?: CallOptions): Promise<Answer>;
  /** The answer as it begins; the caller ends it. */
  open(path: string, options?: CallOptions): Promise<IncomingMessage>;
  stop(): Promise<void>;
}

export interface PostgresTestApi extends TestApi {
  readonly postgres: TestPostgres;
}

/** For tests and, with a `durable` database, benches: the caller stops it. */
export async function startTestApi({
  durable = false,
  log,
  ...more
}: { readonly durable?: boolean; readonly log?: Logger } & Pick<ApiOptions, "auditPolicy" | "oidc"> = {}): Promise<PostgresTestApi> {
  const postgres = await startTestPostgres({ durable });
  const server = await serve({ databaseUrl: postgres.url, log, ...more });
  return { ...server, postgres, stop: () => server.stop().then(() => postgres.stop()) };
}

/** The same without a database. */
export function startMemoryApi({
  log,
  auditPolicy,
  oidc,
  ...options
}: { readonly log?: Logger; readonly windowSize?: number } & Pick<ApiOptions, "auditPolicy" | "oidc"> = {}): Promise<TestApi> {
  const more = { ...(auditPolicy !== undefined && { auditPolicy }), ...(oidc !== undefined && { oidc }) };
  return serve({ data: { store: new MemoryStore(options), records: memoryRecords() }, log, ...more });
}

async function serve({
  log = silentLogger,
  ...data
}: Pick<ApiOptions, "data" | "databaseUrl" | "auditPolicy" | "oidc"> & { readonly log: Logger | undefined }): Promise<TestApi> {
  const dataDir = mkdtempSync(join(tmpdir(), "percale-api-"));
  const socket = join(dataDir, "api.sock");
  const api = await startApi({ dataDir, ...data, port: 0, socket, log });
  const token = readFileSync(join(dataDir, "admin-token"), "utf8").trim();
  const ca = readFileSync(join(dataDir, "pki", "ca.crt"), "utf8");
  const agent = new Agent({ ca, keepAlive: true });
  const open = (path: string, { method = "GET", body, headers = {}, token: own = token }: CallOptions = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const all = {
      ...(own !== null && { authorization: `Bearer ${own}` }),
      ...(text !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
      ...headers,
    };
    httpsRequest(new URL(path, api.url), { method, headers: all, agent }, resolve).on("error", reject).end(text);
    return promise;
  };
  return {
    api,
    dataDir,
    kubeconfig: join(dataDir, "kubeconfig"),
    token,
    ca,
    agent,
    open,
    call: async (path, options) => {
      const response = await open(path, options);
      const chunks: Buffer[] = [];
      for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString("utf8");
      const isJson = (response.headers["content-type"] ?? "").includes("json");
      return {
        code: response.statusCode ?? 0,
        headers: response.headers,
        body: isJson && text !== "" ? JSON.parse(text) : text,
      };
    },
    stop: async () => {
      agent.destroy();
      await api.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function networkSet(name: string, spec: object = { nets: ["10.0.0.1"] }, metadata: object = {}): object {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkSet",
    metadata: { name, namespace: "default", ...metadata },
    spec,
  };
}

export const NETWORK_SETS = "/apis/projectcalico.org/v3/namespaces/default/networksets";
