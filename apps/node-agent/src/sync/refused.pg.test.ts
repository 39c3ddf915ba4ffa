import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApi } from "@percale/api";
import type { Api } from "@percale/api";
import { silentLogger } from "@percale/daemon";
import { startTestPostgres } from "@percale/store";
import type { TestPostgres } from "@percale/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SyncClient } from "./client.ts";
import type { SyncState } from "./client.ts";

let postgres: TestPostgres;
let api: Api;
let agent: Agent;
const dataDir = mkdtempSync(join(tmpdir(), "percale-agent-"));

beforeAll(async () => {
  postgres = await startTestPostgres();
  api = await startApi({ dataDir, databaseUrl: postgres.url });
  agent = new Agent({ ca: readFileSync(join(dataDir, "pki", "ca.crt")) });
});
afterAll(async () => {
  agent.destroy();
  await api.close();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function tokenOf(input: object): Promise<string> {
  const admin = readFileSync(join(dataDir, "admin-token"), "utf8").trim();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { authorization: `Bearer ${admin}`, "content-type": "application/json" };
  request(`${api.url}/trpc/access.createToken`, { method: "POST", agent, headers }, (response) => {
    let text = "";
    response.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    response.on("end", () => resolve((JSON.parse(text) as { result: { data: { token: string } } }).result.data.token));
  })
    .on("error", reject)
    .end(JSON.stringify(input));
  return promise;
}

/** The first thing that an agent of node n1 hears with this token. */
async function stateWith(token: string): Promise<SyncState> {
  const { promise, resolve } = Promise.withResolvers<SyncState>();
  const stop = new AbortController();
  const client = new SyncClient({
    url: api.url,
    agent,
    token: async () => token,
    node: "n1",
    build: "test",
    log: silentLogger,
    onStep: () => undefined,
    onState: resolve,
  });
  const running = client.run(stop.signal);
  const state = await promise;
  stop.abort();
  await running;
  return state;
}

test("an unknown token is told in the server's words", async () => {
  const { rejected, detail } = await stateWith("percale_wrong");
  expect([rejected, detail]).toStrictEqual([
    "auth",
    expect.stringContaining("401: the token is unknown, expired or revoked"),
  ]);
});

test("an agent without the right hears which is missing and how to get it", async () => {
  const { rejected, detail } = await stateWith(await tokenOf({ subject: "vi", groups: ["percale:viewers"] }));
  expect([rejected, detail]).toStrictEqual([
    "auth",
    expect.stringContaining(
      '403: User "vi" has no right to sync: ask an administrator for a token with subject system:node:<name> and group system:nodes or system:masters',
    ),
  ]);
});

test("an agent with another node's token hears whose it is", async () => {
  const { detail } = await stateWith(await tokenOf({ subject: "system:node:n2", groups: ["system:nodes"] }));
  expect(detail).toContain("system:node:n2 may not speak for node n1");
});
