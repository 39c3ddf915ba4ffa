import { once } from "node:events";
import { Agent, request } from "node:https";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { CloseCode, SYNC_PATH, SYNC_SUBPROTOCOL, SCHEMA_LEVEL } from "@percale/protocol";
import { agentStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { wrongShapesOf } from "@percale/testkit";
import { WebSocket } from "ws";
import { NETWORK_SETS, networkSet } from "./testdata/test-api.ts";
import { startApiProcess } from "./testdata/api-process.ts";
import type { ApiProcess } from "./testdata/api-process.ts";

let api: ApiProcess;
let agent: Agent;
beforeAll(async () => {
  api = await startApiProcess();
  agent = new Agent({ ca: api.ca, keepAlive: true });
});
afterAll(async () => {
  agent.destroy();
  await api.stop();
});
/** Whatever was sent: the same process answers, and had nothing to report. */
afterEach(async () => {
  expect(api.exitCode()).toBeUndefined();
  expect((await call("GET", "/trpc/nodes.status")).code).toBe(200);
  expect((await call("GET", "/trpc/overview.summary")).code).toBe(200);
  expect(api.logged.splice(0).filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

const HELLO = {
  t: "hello",
  node: "n1",
  component: "test",
  build: "0",
  schemaLevel: SCHEMA_LEVEL,
  type: "agent",
  scope: "node",
  encodings: ["json"],
  resume: { epoch: "e", revision: 1, scopeDigest: "all/1" },
};
const STATUS = { t: "status", status: agentStatusOf("n1") };

test.each([
  { name: "the first frame", hello: undefined, message: HELLO },
  { name: "an acknowledgement", hello: HELLO, message: { t: "ack", applied: 1, programmed: 1 } },
  { name: "a ping", hello: HELLO, message: { t: "ping", id: 1, timeMs: 1 } },
  { name: "a status", hello: HELLO, message: STATUS },
])("$name of a wrong shape closes its sync socket, and says why", async ({ hello, message }) => {
  const ends = await Promise.all(inTurns(wrongShapesOf(message), (frame) => endOfSync(hello, JSON.stringify(frame))));
  for (const end of ends.flat())
    if (end !== undefined) expect(end).toMatchObject({ code: expect.any(Number), reason: expect.stringMatching(/\S/) });
  const codes = new Set(ends.flat().map((end) => end?.code));
  expect(codes).toContain(CloseCode.protocolError);
  for (const code of codes) expect([undefined, ...Object.values(CloseCode)]).toContain(code);
});

test.each(["", "null", "{", "[]", "\u0000", "{".repeat(100_000), "[".repeat(100_000)])(
  "the frame %j closes its sync socket",
  async (frame) => {
    expect(await endOfSync(undefined, frame.slice(0, 100_000))).toMatchObject({ code: CloseCode.protocolError });
  },
);

const SUBSCRIPTION = {
  id: 1,
  jsonrpc: "2.0",
  method: "subscription",
  params: { path: "live.watch", input: { since: 1 } },
};
const PARAMETERS = { method: "connectionParams", data: { token: "no" } };

test.each([
  { name: "connection parameters", query: "?connectionParams=1", message: PARAMETERS },
  { name: "a subscription", query: "", message: SUBSCRIPTION },
  { name: "a query", query: "", message: { ...SUBSCRIPTION, method: "query", params: { path: "objects.kinds" } } },
  { name: "a stop", query: "", message: { id: 1, method: "subscription.stop" } },
  { name: "a batch", query: "", message: [SUBSCRIPTION, SUBSCRIPTION] },
])("$name of a wrong shape on the tRPC socket harms nobody else", async ({ query, message }) => {
  await Promise.all(inTurns(wrongShapesOf(message), (frame) => sendToTrpc(query, JSON.stringify(frame))));
});

test("who hangs up in the middle of a long answer leaves no fault in the log", async () => {
  const nets = Array.from({ length: 90_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`);
  for (const name of ["long-1", "long-2", "long-3"]) await call("POST", NETWORK_SETS, networkSet(name, { nets }));
  for (let i = 0; i < 5; i++) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    request(new URL(NETWORK_SETS, api.url), { ca: api.ca, agent: false, headers: bearer() }, (response) => {
      response
        .once("data", () => response.destroy())
        .once("close", resolve)
        .on("error", () => undefined);
    })
      .on("error", reject)
      .end();
    await promise;
  }
});

test.each([":::", "a b", "[", "%zz"])("the upgrade with the host %j is refused, not fatal", async (host) => {
  const socket = new WebSocket(`${api.url.replace("https", "wss")}/trpc`, { agent, headers: { ...bearer(), host } });
  const outcome = await Promise.race([
    once(socket, "error").then(() => "refused"),
    once(socket, "close").then(() => "closed"),
  ]);
  expect(["refused", "closed"]).toContain(outcome);
});

const OBJECT = {
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkSet",
  metadata: {
    name: "hostile",
    generateName: "h",
    namespace: "default",
    labels: { a: "b" },
    annotations: { a: "b" },
    finalizers: ["a/b"],
    ownerReferences: [{ apiVersion: "v1", kind: "K", name: "n", uid: "u" }],
    managedFields: [{ manager: "m" }],
    resourceVersion: "1",
    uid: "u",
  },
  spec: { nets: ["10.0.0.0/8"] },
  status: {},
};
const REF = { kind: "NetworkSet", namespace: "default", name: "hostile" };
const { resourceVersion: _, uid: __, ...newMetadata } = OBJECT.metadata;
const NEW_OBJECT = { ...OBJECT, metadata: newMetadata };
const CHANGE_SET = {
  changes: [
    { op: "create", object: NEW_OBJECT },
    { op: "update", object: OBJECT, subresource: "status" },
    { op: "delete", ref: REF, uid: "u", resourceVersion: "1" },
  ],
  author: "a",
  reason: "r",
  dryRun: true,
};
const DELETE_OPTIONS = {
  kind: "DeleteOptions",
  apiVersion: "v1",
  preconditions: { uid: "u", resourceVersion: "1" },
  dryRun: ["All"],
  propagationPolicy: "Background",
};
const REVIEW = {
  kind: "SelfSubjectAccessReview",
  spec: {
    resourceAttributes: { verb: "get", resource: "networksets", group: "projectcalico.org", namespace: "default" },
  },
};
const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const PATCH = [
  { op: "add", path: "/spec/nets/0", value: "10.0.0.0/8" },
  { op: "copy", from: "/spec", path: "/spec" },
  { op: "test", path: "/kind", value: "NetworkSet" },
];

test.each([
  { name: "a new object", method: "POST", path: NETWORK_SETS, body: NEW_OBJECT },
  { name: "an object", method: "PUT", path: `${NETWORK_SETS}/target`, body: OBJECT },
  { name: "delete options", method: "DELETE", path: `${NETWORK_SETS}/none`, body: DELETE_OPTIONS },
  {
    name: "delete options of many",
    method: "DELETE",
    path: `${NETWORK_SETS}?labelSelector=none`,
    body: DELETE_OPTIONS,
  },
  {
    name: "a JSON patch",
    method: "PATCH",
    path: `${NETWORK_SETS}/target`,
    body: PATCH,
    type: "application/json-patch+json",
  },
  {
    name: "a merge patch",
    method: "PATCH",
    path: `${NETWORK_SETS}/target`,
    body: OBJECT,
    type: "application/merge-patch+json",
  },
  { name: "an access review", method: "POST", path: REVIEWS, body: REVIEW },
  { name: "a change set", method: "POST", path: "/changesets/v1", body: CHANGE_SET },
  { name: "a submitted change set", method: "POST", path: "/trpc/changes.submit", body: CHANGE_SET },
  { name: "a question of impact", method: "POST", path: "/trpc/policy.impact", body: { changes: CHANGE_SET.changes } },
  { name: "a revert", method: "POST", path: "/trpc/changes.revert", body: { revision: 999_999, reason: "r" } },
  {
    name: "a token",
    method: "POST",
    path: "/trpc/access.createToken",
    body: { subject: "s", groups: ["g"], description: "d", ttlSeconds: 1 },
  },
  { name: "a token's end", method: "POST", path: "/trpc/access.revoke", body: { id: "x" } },
  { name: "a sign-in", method: "POST", path: "/trpc/session.signIn", body: { token: "no" } },
  {
    name: "a lab report",
    method: "POST",
    path: "/trpc/lab.report",
    body: {
      probes: [{ from: "a", to: "b", port: 1, proto: "tcp", allowed: true, at: new Date(0).toISOString() }],
      workloads: [
        { name: "a", namespace: "b", addresses: ["x"], labels: { a: "b" }, ports: [{ port: 1, protocol: "TCP" }] },
      ],
    },
  },
])("$name of a wrong shape is the client's fault", async ({ method, path, body, type }) => {
  await call("POST", NETWORK_SETS, networkSet("target"));
  const answers = await Promise.all(inTurns(wrongShapesOf(body), (wrong) => call(method, path, wrong, type)));
  const faults = answers.flat().filter(({ code }) => code >= 500);
  expect(faults).toEqual([]);
});

test.each([
  { name: "an object", path: "objects.get", input: REF },
  { name: "a history", path: "objects.history", input: REF },
  { name: "a list", path: "objects.list", input: { kind: "Tier", namespace: "x" } },
  { name: "changes", path: "changes.list", input: { limit: 1, before: 1 } },
  {
    name: "an explanation",
    path: "policy.explain",
    input: { from: "a/b", to: "10.0.0.1", protocol: "TCP", port: 1, ipVersion: 4 },
  },
  {
    name: "a matrix",
    path: "policy.matrix",
    input: { pairs: [{ from: "a", to: "b" }], ports: [{ protocol: "TCP", port: 1 }] },
  },
  {
    name: "a selector",
    path: "selectors.test",
    input: { selector: "all()", namespaceSelector: "all()", scope: { namespace: "x" } },
  },
])("a question for $name of a wrong shape is the client's fault", async ({ path, input }) => {
  const ask = (wrong: unknown) => call("GET", `/trpc/${path}?input=${encodeURIComponent(JSON.stringify(wrong) ?? "")}`);
  const answers = await Promise.all(inTurns(wrongShapesOf(input), ask));
  expect(answers.flat().filter(({ code }) => code >= 500)).toEqual([]);
});

function bearer(): { authorization: string } {
  return { authorization: `Bearer ${api.token}` };
}

/** Eight at a time, in no order. */
function inTurns<T, R>(items: Iterable<T>, work: (item: T) => Promise<R>): Promise<R[]>[] {
  const iterator = items[Symbol.iterator]();
  return Array.from({ length: 8 }, async () => {
    const results: R[] = [];
    for (let step = iterator.next(); step.done !== true; step = iterator.next()) results.push(await work(step.value));
    return results;
  });
}

/** How the server ended a socket that sent this; undefined if it took the frame and went on. */
async function endOfSync(
  hello: object | undefined,
  frame: string,
): Promise<{ code: number; reason: string } | undefined> {
  const url = api.url.replace("https", "wss") + SYNC_PATH;
  const socket = new WebSocket(url, SYNC_SUBPROTOCOL, { agent, headers: bearer() });
  await once(socket, "open");
  const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string } | undefined>();
  socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
  socket.on("message", (data: Buffer) => {
    if (data.toString().includes('"pong","id":7')) resolve(undefined);
  });
  if (hello !== undefined) socket.send(JSON.stringify(hello));
  socket.send(frame);
  if (hello === undefined) socket.send(JSON.stringify({ ...HELLO, resume: undefined }));
  socket.send(JSON.stringify({ t: "ping", id: 7, timeMs: 0 }));
  const end = await promise;
  socket.terminate();
  return end;
}

async function sendToTrpc(query: string, frame: string): Promise<void> {
  const socket = new WebSocket(`${api.url.replace("https", "wss")}/trpc${query}`, { agent, headers: bearer() });
  socket.on("error", () => undefined);
  await once(socket, "open");
  const answered = Promise.race([once(socket, "close"), once(socket, "message")]);
  socket.send(frame);
  socket.send("PING");
  await answered;
  socket.terminate();
}

interface Answer {
  readonly code: number;
  readonly text: string;
}

async function call(method: string, path: string, body?: unknown, type = "application/json"): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...bearer(),
    ...(text !== undefined && { "content-type": type, "content-length": Buffer.byteLength(text) }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  request(new URL(path, api.url), { method, agent, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", () =>
      resolve({
        code: response.statusCode ?? 0,
        text: `${text?.slice(0, 300)} → ${Buffer.concat(chunks).toString("utf8").slice(0, 300)}`,
      }),
    );
  })
    .on("error", reject)
    .end(text);
  return promise;
}
