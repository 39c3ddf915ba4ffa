import { once } from "node:events";
import { pausePostgres } from "@percale/store";
import { SCHEMA_LEVEL, SYNC_PATH, SYNC_SUBPROTOCOL } from "@percale/protocol";
import type { ServerMessage } from "@percale/protocol";
import { quietStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { startApi } from "./start.ts";
import { conditionsOf } from "./testdata/conditions-of.ts";
import { startTestApi } from "./testdata/test-api.ts";
import type { BeatView } from "./trpc/views.ts";

const LONG = { timeout: 30_000 };

interface Server {
  readonly url: string;
  readonly token: string;
  readonly agent: Agent;
}

/** What a dashboard at that server hears of who was heard. */
async function dashboard({ url, token, agent }: Server) {
  const socket = new WebSocket(`${url.replace("https", "wss")}/trpc?connectionParams=1`, {
    agent,
    headers: { authorization: `Bearer ${token}` },
  });
  const beats: BeatView[] = [];
  socket.on("message", (text: Buffer) => {
    if (text.toString() === "PING") return;
    const { result } = JSON.parse(text.toString()) as { readonly result?: { readonly data?: BeatView } };
    if (result?.data?.t === "beat") beats.push(result.data);
  });
  await once(socket, "open");
  socket.send(JSON.stringify({ method: "connectionParams", data: null }));
  socket.send(JSON.stringify({ id: 1, method: "subscription", params: { path: "live.watch" } }));
  return { newest: () => beats.at(-1), close: () => socket.terminate() };
}

/** An agent that answers while it is `alive`. */
async function agentOf({ url, token, agent }: Server, node: string) {
  const socket = new WebSocket(url.replace("https", "wss") + SYNC_PATH, SYNC_SUBPROTOCOL, {
    agent,
    headers: { authorization: `Bearer ${token}` },
  });
  const one = { alive: true, close: () => socket.terminate() };
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as ServerMessage;
    if (message.t === "ping" && one.alive) socket.send(JSON.stringify({ ...message, t: "pong" }));
  });
  await once(socket, "open");
  const hello = { component: "test", build: "0", schemaLevel: SCHEMA_LEVEL, type: "agent", scope: "node" };
  socket.send(JSON.stringify({ t: "hello", node, ...hello, encodings: ["json"] }));
  socket.send(JSON.stringify({ t: "status", status: quietStatusOf(node) }));
  return one;
}

test("a database that hangs is told since when, and nobody is blamed for it afterwards", async () => {
  const server = await startTestApi();
  const pid = server.postgres.server.pid!;
  const here = { url: server.api.url, token: server.token, agent: server.agent };
  const page = await dashboard(here);
  const agent = await agentOf(here, "n1");
  const conditions = await conditionsOf(server);
  const ready = async (): Promise<number> => (await server.call("/readyz")).code;
  try {
    await expect.poll(() => Object.keys(page.newest()?.nodes ?? {}), LONG).toEqual(["n1"]);
    expect(await ready()).toBe(200);
    const frozenAt = Date.now();
    pausePostgres(pid, true);
    await expect.poll(ready, LONG).toBe(503);
    await expect
      .poll(conditions, LONG)
      .toMatchObject([{ code: "DatabaseUnreachable", title: "The database does not answer" }]);
    expect(Date.parse((await conditions())![0]!.since)).toBeLessThan(frozenAt + 1_000); // when it was last heard
    await expect.poll(() => page.newest()?.storeMs, LONG).toBeGreaterThan(3_000);
    expect(page.newest()?.nodes["n1"]).toBeLessThan(3_000); // agents go on
    pausePostgres(pid, false);
    await expect.poll(ready, LONG).toBe(200);
    await expect.poll(conditions, LONG).toEqual([]);
  } finally {
    pausePostgres(pid, false);
    agent.close();
    page.close();
    await server.stop();
  }
});

test("an agent at one server is heard at the other, and no longer once it answers nobody", async () => {
  const first = await startTestApi();
  const dataDir = mkdtempSync(join(tmpdir(), "percale-api-"));
  const second = await startApi({ dataDir, databaseUrl: first.postgres.url });
  const ca = readFileSync(join(dataDir, "pki", "ca.crt"), "utf8");
  const there = { url: second.url, token: first.token, agent: new Agent({ ca }) };
  const agent = await agentOf(there, "far");
  const page = await dashboard({ url: first.api.url, token: first.token, agent: first.agent });
  const heardMs = (): number => page.newest()?.nodes["far"] ?? Infinity;
  try {
    await expect.poll(heardMs, LONG).toBeLessThan(3_000);
    agent.alive = false;
    await expect.poll(heardMs, LONG).toBeGreaterThan(3_000);
    agent.alive = true;
    await expect.poll(heardMs, LONG).toBeLessThan(3_000);
  } finally {
    page.close();
    agent.close();
    await second.close();
    there.agent.destroy();
    await first.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
