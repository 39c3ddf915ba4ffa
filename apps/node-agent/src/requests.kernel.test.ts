/** One id from what kubelet prints to what the API server kept: a real API server, a real agent. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startApi } from "@percale/api";
import type { Api } from "@percale/api";
import { createLogger } from "@percale/daemon";
import { startTestPostgres } from "@percale/store";
import type { TestPostgres } from "@percale/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "./api/client.ts";
import { pool } from "./testdata/objects.ts";
import { TestNode, until } from "./testdata/test-node.ts";

interface Line {
  readonly msg: string;
  readonly requestId?: string;
}

const dataDir = mkdtempSync(join(tmpdir(), "percale-agent-"));
const node = new TestNode("n1");
const apiLog: Line[] = [];
const agentLog: Line[] = [];
let postgres: TestPostgres;
let api: Api;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const log = createLogger({ component: "api", write: (line) => apiLog.push(JSON.parse(line) as Line) });
  api = await startApi({ dataDir, databaseUrl: postgres.url, socket: node.apiSocket, log });
  await api.store.apply({ author: "test", changes: [{ op: "create", object: pool("10.81.0.0/24") }] });
  await useToken("system:node:n1", "system:nodes");
  const flags = [`--ca-file=${join(dataDir, "pki/ca.crt")}`, "--no-bgp"];
  node.agent = node.spawn(flags, ["ignore", "ignore", "pipe"]);
  createInterface({ input: node.agent.stderr! }).on("line", (line) => agentLog.push(JSON.parse(line) as Line));
  await until("ready", async () => (await node.health("/readyz")).status === 200);
  await until("registered", async () => (await api.store.get({ kind: "Node", name: "n1" })) !== undefined);
});
afterAll(async () => {
  await node.remove();
  await api.close();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The agent reads its token anew for each request. */
async function useToken(subject: string, group: string): Promise<void> {
  const admin = readFileSync(join(dataDir, "admin-token"), "utf8").trim();
  const agent = new Agent({ ca: readFileSync(join(dataDir, "pki/ca.crt")) });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { authorization: `Bearer ${admin}`, "content-type": "application/json" };
  request(`${api.url}/trpc/access.createToken`, { method: "POST", agent, headers }, (response) => {
    let text = "";
    response.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    response.on("end", () => resolve((JSON.parse(text) as { result: { data: { token: string } } }).result.data.token));
  })
    .on("error", reject)
    .end(JSON.stringify({ subject, groups: [group] }));
  writeFileSync(join(node.directory, "token"), await promise);
  agent.destroy();
}

const inLog = (log: readonly Line[], msg: string): string[] =>
  log.flatMap((line) => (line.msg === msg ? (line.requestId ?? "none") : []));

test("an ADD that succeeds: its id stands in the agent's log and in the history of what it wrote", async () => {
  expect(await node.cni("ADD", "web")).toMatchObject({ code: 0 });
  const [id] = inLog(agentLog, "attached");
  const written = (await api.store.changes({ limit: 20 })).filter(({ requestId }) => requestId === id);
  expect(written.map(({ author, reason }) => [author, reason])).toContainEqual(["system:node:n1", "CNI ADD shop/web"]);
  expect(written.map(({ ref }) => ref.kind)).toContain("WorkloadEndpoint");
});

test("an ADD that the API server refuses: kubelet's line, the agent's log and the server's log have one id", async () => {
  await useToken("eve", "percale:viewers");
  const { code, output } = await node.cni("ADD", "refused");
  const error = JSON.parse(output) as { readonly code: number; readonly details: string };
  expect([code, error.code]).toEqual([1, 105]);
  const id = /\(request ([0-9a-f-]{36})\)$/.exec(error.details)?.[1];
  expect(inLog(agentLog, "CNI call failed")).toEqual([id]);
  expect(new Set(inLog(apiLog, "write refused"))).toEqual(new Set([id]));
});

test("what the agent asks for by itself and is refused names its request too, once", async () => {
  const client = await ApiClient.open({
    url: api.url,
    caFile: join(dataDir, "pki/ca.crt"),
    tokenFile: join(node.directory, "token"),
  });
  const refused: unknown = await client
    .apply({ changes: [{ op: "create", object: pool("10.82.0.0/24") }] })
    .catch(String);
  client.close();
  expect(refused).toMatch(/^ApiError: POST \/changesets\/v1: .* \(request [0-9a-f-]{36}\)$/);
  expect(inLog(apiLog, "write refused").at(-1)).toBe(/\(request (.*)\)$/.exec(String(refused))?.[1]);
});
