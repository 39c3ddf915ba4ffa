import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCHEMA_LEVEL, SYNC_PATH, SYNC_SUBPROTOCOL } from "@percale/protocol";
import type { Hello, ServerMessage } from "@percale/protocol";
import { WebSocket } from "ws";
import { startAnyApi } from "../testdata/any-store-api.ts";
import type { TestApi } from "../testdata/any-store-api.ts";

let server: TestApi;
let nodeToken: string;
beforeAll(async () => {
  server = await startAnyApi();
  const body = { subject: "system:node:n1", groups: ["system:nodes"] };
  nodeToken = (await server.call("/trpc/access.createToken", { method: "POST", body })).body.result.data.token;
  for (const node of ["n1", "n2"])
    await server.call("/apis/projectcalico.org/v3/namespaces/default/workloadendpoints", {
      method: "POST",
      body: {
        apiVersion: "projectcalico.org/v3",
        kind: "WorkloadEndpoint",
        metadata: { name: `${node}-k8s-web-eth0`, namespace: "default" },
        spec: { node, orchestrator: "k8s", pod: "web", endpoint: "eth0", interfaceName: "cali1", containerID: "c1" },
      },
    });
});
afterAll(() => server.stop());

/** What the server says to that hello until it is done with its snapshot, or with the client. */
async function told(token: string, more: Partial<Hello>): Promise<ServerMessage[]> {
  const url = server.api.url.replace("https", "wss") + SYNC_PATH;
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(url, SYNC_SUBPROTOCOL, { agent: server.agent, headers });
  const heard: ServerMessage[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString("utf8")) as ServerMessage;
    heard.push(message);
    if (message.t === "snapshotEnd" || message.t === "reject") resolve();
  });
  await once(socket, "open");
  const hello = { component: "test", build: "0", schemaLevel: SCHEMA_LEVEL, type: "agent", scope: "node" };
  socket.send(JSON.stringify({ t: "hello", node: "n1", ...hello, encodings: ["json"], ...more }));
  await promise;
  socket.terminate();
  return heard;
}

const specsIn = (heard: readonly ServerMessage[]) =>
  Object.fromEntries(
    heard
      .flatMap((message) => (message.t === "put" ? message.objects : []))
      .filter(({ kind }) => kind === "WorkloadEndpoint")
      .map(({ metadata, spec }) => [metadata.name, (spec as { readonly containerID?: string }).containerID])
      .reverse(), // what was said first of an object holds
  );

test.each([SCHEMA_LEVEL, 1])(
  "a node's credential shows its own whole and no others', at level %i",
  async (schemaLevel) => {
    expect(specsIn(await told(nodeToken, { schemaLevel }))).toEqual({
      "n1-k8s-web-eth0": "c1",
      "n2-k8s-web-eth0": undefined,
    });
  },
);

test.each<Partial<Hello>>([{ type: "all" }, { scope: "cluster" }, { node: "n2" }])(
  "a node's credential shows no more, whatever is asked for: %j",
  async (more) => {
    expect(await told(nodeToken, more)).toMatchObject([{ t: "reject", code: "node" in more ? "auth" : "type" }]);
  },
);

test.each<Partial<Hello>>([{ type: "all" }, { scope: "cluster" }, { schemaLevel: 1 }])(
  "an administrator is shown what he asks for: %j",
  async (more) => {
    expect(specsIn(await told(server.token, more))).toEqual({ "n1-k8s-web-eth0": "c1", "n2-k8s-web-eth0": "c1" });
  },
);
