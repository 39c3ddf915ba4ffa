import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCHEMA_LEVEL, SYNC_PATH, SYNC_SUBPROTOCOL } from "@percale/protocol";
import type { AgentStatus, BgpSession } from "@percale/protocol";
import { agentStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { WebSocket } from "ws";
import { startAnyApi } from "./testdata/any-store-api.ts";
import type { TestApi } from "./testdata/test-api.ts";

const SINCE = "2026-01-01T00:00:00.000Z";
let server: TestApi;
const agents = new Map<string, WebSocket>();

beforeAll(async () => {
  server = await startAnyApi();
  for (const name of ["n1", "n2", "n3"])
    await server.call("/apis/projectcalico.org/v3/nodes", {
      method: "POST",
      body: { apiVersion: "projectcalico.org/v3", kind: "Node", metadata: { name }, spec: {} },
    });
  for (const node of ["n1", "n2"]) agents.set(node, await connect(node));
});
afterAll(async () => {
  for (const socket of agents.values()) socket.close();
  await server.stop();
});

async function connect(node: string): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${server.token}` };
  const url = server.api.url.replace("https", "wss") + SYNC_PATH;
  const socket = new WebSocket(url, SYNC_SUBPROTOCOL, { agent: server.agent, headers });
  await once(socket, "open");
  const hello = { t: "hello", component: "test", build: "0", schemaLevel: SCHEMA_LEVEL, type: "agent" };
  socket.send(JSON.stringify({ ...hello, node, scope: "node", encodings: ["json"] }));
  return socket;
}

const session: BgpSession = {
  peerIP: "10.0.0.2",
  peerNode: "n2",
  type: "NodeMesh",
  asNumber: 64512,
  localASNumber: 64512,
  localIP: "10.0.0.1",
  state: "Connect",
  since: SINCE,
  info: "",
  routesImported: 0,
  routesExported: 0,
};
const back: Partial<BgpSession> = { peerIP: "10.0.0.1", peerNode: "n1", localIP: "10.0.0.2" };

function report(node: string, sessions: readonly BgpSession[]): void {
  const { conditions: _, bird, ...status }: AgentStatus = agentStatusOf(node);
  const routerID = `10.0.0.${node.slice(1)}`;
  agents
    .get(node)!
    .send(
      JSON.stringify({ t: "status", status: { ...status, conditions: [], bird: { ...bird, routerID }, sessions } }),
    );
}

async function ask(procedure: string): Promise<readonly Record<string, unknown>[]> {
  const { code, body } = await server.call(`/trpc/${procedure}`);
  expect(code).toBe(200);
  return body.result.data as readonly Record<string, unknown>[];
}
const counts = async () => (await server.call("/trpc/bgp.counts")).body.result.data as unknown;
const down = async () => (await ask("health.conditions")).filter(({ code }) => code === "BgpSessionDown");

test("a session that is down is one condition with both ends, and ends by itself", async () => {
  report("n1", [{ ...session, asNumber: 64999 }]);
  report("n2", [{ ...session, ...back }]);
  const facts =
    "n1 (10.0.0.1, AS 64512) expects AS 64999 at 10.0.0.2; Connect. n2 (10.0.0.2, AS 64512) expects AS 64512 at 10.0.0.1; Connect.";
  await expect.poll(down).toEqual([
    {
      source: "n1",
      nodes: ["n1", "n2"],
      code: "BgpSessionDown",
      severity: "error",
      title: "BGP session n1 – n2 (10.0.0.2) is down",
      detail: `n1 expects AS 64999 of n2, which has AS 64512. ${facts}`,
      advice: "Correct asNumber in the mesh (BGPConfiguration default), or the asNumber of the Node.",
      since: SINCE,
      ref: { kind: "BGPConfiguration", name: "default" },
    },
  ]);
  expect((await server.call("/metrics")).body).toContain('percale_condition{code="BgpSessionDown",severity="error"} 1');
  const { body } = await server.call("/trpc/bgp.sessions");
  const { sessions, nodes } = body.result.data as {
    sessions: { id: string; standing: string; ends: { node: string }[]; cause?: { facts: string } }[];
    nodes: unknown;
  };
  expect(
    sessions.map(({ id, standing, ends, cause }) => [id, standing, ends.map(({ node }) => node), cause?.facts]),
  ).toEqual([["n1~n2~mesh4", "down", ["n1", "n2"], facts]]);
  const one = { total: 1, down: 1, halfConfigured: 0, oneSided: 0, connecting: 0, unheard: 0, established: 0 };
  expect(await counts()).toEqual({ all: one, byNode: { n1: one, n2: one, n3: { ...one, total: 0, down: 0 } } });
  expect(nodes).toEqual([
    { node: "n1", isHeard: true },
    { node: "n2", isHeard: true },
    { node: "n3", isHeard: false },
  ]);
  report("n1", [{ ...session, state: "Established" }]);
  report("n2", [{ ...session, ...back, state: "Established" }]);
  await expect.poll(down).toEqual([]);
  expect(await counts()).toMatchObject({ all: { total: 1, established: 1 }, byNode: { n2: { established: 1 } } });
});

test("a node that never reported is named as the cause", async () => {
  report("n1", [{ ...session, peerIP: "10.0.0.3", peerNode: "n3" }]);
  report("n2", []);
  await expect
    .poll(async () => (await down()).map(({ detail }) => String(detail).split(". ")[0]))
    .toEqual(["The agent of n3 is not heard, so the node may be down or cut off"]);
});

test("the port that a peer listens on comes from its BGPConfiguration", async () => {
  await server.call("/apis/projectcalico.org/v3/bgpconfigurations", {
    method: "POST",
    body: {
      apiVersion: "projectcalico.org/v3",
      kind: "BGPConfiguration",
      metadata: { name: "node.n2" },
      spec: { listenPort: 1790 },
    },
  });
  report("n1", [{ ...session, port: 179, passive: false }]);
  report("n2", [{ ...session, ...back, passive: true }]);
  await expect
    .poll(async () => (await down()).map(({ detail }) => String(detail).split(". ")[0]))
    .toEqual(["n1 connects to port 179 of n2, whose BIRD listens on port 1790"]);
});
