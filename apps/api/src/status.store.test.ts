import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCHEMA_LEVEL, SYNC_PATH, SYNC_SUBPROTOCOL } from "@percale/protocol";
import type { AgentStatus } from "@percale/protocol";
import { agentStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { WebSocket } from "ws";
import { startAnyApi } from "./testdata/any-store-api.ts";
import type { TestApi } from "./testdata/test-api.ts";

let server: TestApi;
beforeAll(async () => {
  server = await startAnyApi();
});
afterAll(() => server.stop());

const HELLO = {
  t: "hello",
  component: "test",
  build: "0",
  schemaLevel: SCHEMA_LEVEL,
  type: "agent",
  scope: "node",
  encodings: ["json"],
};
const NODES = "/apis/projectcalico.org/v3/nodes";

async function reporting(node: string, status: unknown): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${server.token}` };
  const url = server.api.url.replace("https", "wss") + SYNC_PATH;
  const socket = new WebSocket(url, SYNC_SUBPROTOCOL, { agent: server.agent, headers });
  await once(socket, "open");
  socket.send(JSON.stringify({ ...HELLO, node }));
  socket.send(JSON.stringify({ t: "status", status }));
  return socket;
}

const makeNode = (name: string) =>
  server.call(NODES, {
    method: "POST",
    body: { apiVersion: "projectcalico.org/v3", kind: "Node", metadata: { name }, spec: {} },
  });

async function shown(): Promise<string[]> {
  const { code, body } = await server.call("/trpc/nodes.status");
  expect(code).toBe(200);
  return (body.result.data as { node: string }[]).map(({ node }) => node);
}

test("half a status is refused with what it lacks, and changes no page", async () => {
  const socket = await reporting("half", { node: "half" });
  const [code, reason] = (await once(socket, "close")) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([4007, expect.stringMatching(/^status\.build: is required/)]);
  expect(await shown()).not.toContain("half");
  expect((await server.call("/trpc/overview.summary")).code).toBe(200);
});

test("a kept row that is no status costs one row, not the page", async () => {
  const whole = await reporting("whole", agentStatusOf("whole"));
  await expect.poll(shown).toContain("whole");
  for (const half of [{ node: "broken" }, { ...agentStatusOf("old"), conditions: "none" }])
    await server.api.records.agentStatus.put(half as unknown as AgentStatus); // as an older version did
  expect(await shown()).toEqual(["whole"]);
  for (const page of ["overview.summary", "health.conditions"])
    expect((await server.call(`/trpc/${page}`)).code).toBe(200);
  whole.close();
});

test("a status ends with its Node, though the agent goes on, and comes again with it", async () => {
  await makeNode("mortal");
  const socket = await reporting("mortal", agentStatusOf("mortal"));
  await expect.poll(shown).toContain("mortal");
  await server.call(`${NODES}/mortal`, { method: "DELETE" });
  await expect.poll(shown).not.toContain("mortal");
  socket.send(JSON.stringify({ t: "status", status: agentStatusOf("mortal") }));
  await makeNode("after"); // an event behind it
  expect(await shown()).not.toContain("mortal");
  await makeNode("mortal");
  const again = setInterval(() => socket.send(JSON.stringify({ t: "status", status: agentStatusOf("mortal") })), 200);
  await expect.poll(shown, { timeout: 10_000 }).toContain("mortal");
  clearInterval(again);
  socket.close();
});
