import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import { createLogger } from "@percale/daemon";
import type { KubeStatus } from "@percale/resources";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startAnyApi } from "./testdata/any-store-api.ts";
import { NETWORK_SETS, networkSet } from "./testdata/test-api.ts";
import type { Answer, TestApi } from "./testdata/test-api.ts";

let server: TestApi;
const lines: string[] = [];
beforeAll(async () => {
  server = await startAnyApi({ log: createLogger({ component: "api", write: (line) => lines.push(line) }) });
});
afterAll(() => server.stop());
beforeEach(() => void lines.splice(0));

const ID = "7f3c0000-test-request";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const create = (name: string, headers: Record<string, string> = {}): Promise<Answer> =>
  server.call(NETWORK_SETS, { method: "POST", body: networkSet(name), headers });
const requestOf = async (name: string): Promise<string | undefined> =>
  (await server.api.store.history({ kind: "NetworkSet", namespace: "default", name }))[0]?.requestId;
/** Of a busy machine the log says other things too. */
const refusals = () =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === "write refused");

test("every answer bears the id of its request", async () => {
  for (const path of ["/readyz", "/version", NETWORK_SETS, "/trpc/session.whoami", "/nowhere"])
    expect((await server.call(path)).headers["audit-id"]).toMatch(UUID);
});

test("a caller's id is kept, from the answer to the change set", async () => {
  expect((await create("kept", { "audit-id": ID })).headers["audit-id"]).toBe(ID);
  expect(await requestOf("kept")).toBe(ID);
  const made = (await create("made")).headers["audit-id"];
  expect(await requestOf("made")).toBe(made);
});

test("writes that share a group commit keep an id each", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `together-${i}`);
  await Promise.all(names.map((name) => create(name, { "audit-id": `request-${name}` })));
  expect(await Promise.all(names.map(requestOf))).toEqual(names.map((name) => `request-${name}`));
});

test("a refusal tells its request in the Status, where Kubernetes' clients leave aside what they do not know", async () => {
  const { body } = await create("kept", { "x-request-id": ID });
  expect(body).toMatchObject({ reason: "AlreadyExists", details: { name: "kept", requestId: ID } });
});

test("a refused write is in the log with who, what, why and its request", async () => {
  await create("kept", { "audit-id": ID });
  expect(refusals()).toEqual([
    {
      level: "info",
      msg: "write refused",
      component: "api",
      time: expect.any(String),
      requestId: ID,
      call: `POST ${NETWORK_SETS}`,
      user: "admin",
      code: 409,
      reason: "AlreadyExists",
      message: 'networksets.projectcalico.org "kept" already exists',
    },
  ]);
});

test.each<[how: string, path: string, options: { method: string; body: object }]>([
  ["in the address", `${NETWORK_SETS}?dryRun=All`, { method: "POST", body: networkSet("kept") }],
  ["of a deletion, in its body", `${NETWORK_SETS}/none`, { method: "DELETE", body: { dryRun: ["All"] } }],
  [
    "of a change set, in its body",
    "/changesets/v1",
    { method: "POST", body: { dryRun: true, changes: [{ op: "create", object: networkSet("kept") }] } },
  ],
])("a rehearsal that is told no is no refused write: asked for %s", async (_, path, options) => {
  await create("kept");
  lines.splice(0);
  expect((await server.call(path, options)).code).toBeGreaterThanOrEqual(404);
  expect(refusals()).toEqual([]);
});

test("a rehearsal of somebody who may not write is no refused write either; the address of a change set asks for none", async () => {
  const headers = { "impersonate-user": "vera", "impersonate-group": "percale:viewers" };
  const ask = (path: string, method: string, body: object) => server.call(path, { method, body, headers });
  expect((await ask(`${NETWORK_SETS}?dryRun=All`, "POST", networkSet("x"))).code).toBe(403);
  expect((await ask(`${NETWORK_SETS}?dryRun=All`, "DELETE", {})).code).toBe(403);
  expect(refusals()).toEqual([]);
  expect((await ask("/changesets/v1?dryRun=All", "POST", { changes: [] })).code).toBe(403);
  expect(refusals()).toMatchObject([{ call: "POST /changesets/v1", user: "vera", code: 403 }]);
});

test("what strangers may not write, and what may not be read, fills no log", async () => {
  await server.call(NETWORK_SETS, { method: "POST", body: networkSet("x"), token: null });
  await server.call(`${NETWORK_SETS}/none`);
  expect(refusals()).toEqual([]);
});

test("a call of the dashboard tells its request in the error, the log and the change set", async () => {
  const apply = (body: unknown): Promise<Answer> =>
    server.call("/trpc/changes.submit", { method: "POST", body, headers: { "audit-id": ID } });
  const refused = await apply({ changes: [{ op: "create", object: networkSet("kept") }] });
  expect(refused.body.error.data.status).toMatchObject({ reason: "AlreadyExists", details: { requestId: ID } });
  expect(refusals()).toMatchObject([{ msg: "write refused", requestId: ID, call: "changes.submit", user: "admin" }]);
  await apply({ changes: [{ op: "create", object: networkSet("kept") }], dryRun: true }); // as its editor asks while one types
  expect(refusals()).toHaveLength(1);
  await apply({ changes: [{ op: "create", object: networkSet("by-dashboard") }] });
  expect(await requestOf("by-dashboard")).toBe(ID);
});

test("the session that asks is marked among the tokens, and no other", async () => {
  const made = { subject: "mara", groups: ["system:masters"], description: "" };
  const call = (path: string, body: object) => server.call(`/trpc/${path}`, { method: "POST", body });
  const { token } = (await call("access.createToken", made)).body.result.data;
  const signedIn = await call("session.signIn", { token });
  await call("session.signIn", { token });
  const cookie = String(signedIn.headers["set-cookie"]).split(";")[0]!;
  const { body } = await server.call("/trpc/access.list", { token: null, headers: { cookie } });
  const own = (body.result.data as { subject: string; isSession: boolean; isThis: boolean }[]).filter(
    ({ subject }) => subject === "mara",
  );
  expect(own.map(({ isSession, isThis }) => ({ isSession, isThis }))).toEqual([
    { isSession: false, isThis: false },
    { isSession: true, isThis: true },
    { isSession: true, isThis: false },
  ]);
});

test("who made or revoked a token, which, for whom and until when, is in the log; the secret is nowhere", async () => {
  const told = (): Record<string, unknown>[] =>
    lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => String(msg).startsWith("token "));
  const call = (path: string, body: object, headers = {}) =>
    server.call(`/trpc/${path}`, { method: "POST", body, headers: { "audit-id": ID, ...headers } });
  const wanted = { subject: "vera", groups: ["percale:viewers"], description: "for the wall", ttlSeconds: 3_600 };
  const { id, token, expiresAt } = (await call("access.createToken", wanted)).body.result.data;
  const signedIn = await call("session.signIn", { token });
  const cookie = String(signedIn.headers["set-cookie"]).split(";")[0]!;
  const signOut = { method: "POST", body: {}, token: null, headers: { cookie, "audit-id": ID } };
  expect((await server.call("/trpc/session.signOut", signOut)).code).toBe(200);
  await call("access.revoke", { id }, { "impersonate-user": "root", "impersonate-group": "system:masters" });
  expect((await call("access.revoke", { id })).code).toBe(404);
  const endless = (await call("access.createToken", { ...wanted, ttlSeconds: undefined })).body.result.data;
  const line = { level: "info", component: "api", requestId: ID, time: expect.any(String), subject: "vera" };
  const made = { ...line, msg: "token made", groups: ["percale:viewers"] };
  const session = expect.not.stringMatching(id) as unknown;
  expect(told()).toEqual([
    { ...made, user: "admin", token: id, description: "for the wall", until: expiresAt },
    { ...made, user: "vera", token: session, description: "browser session", until: expiresAt, parent: id },
    { ...line, msg: "token revoked", user: "vera", token: session },
    { ...line, msg: "token revoked", user: "admin as root", token: id },
    { ...made, user: "admin", token: endless.id, description: "for the wall", until: "none" },
  ]);
  for (const secret of [token, cookie.split("=")[1]!]) expect(lines.join("")).not.toContain(secret);
});

interface SocketAnswer {
  readonly id: number;
  readonly error?: { readonly data: { readonly status: KubeStatus } };
}

/** What a tab's socket, signed in by its first message, is answered to these messages: by the number of each call. */
async function onOneSocket(calls: number, ...messages: readonly unknown[]): Promise<SocketAnswer[]> {
  const url = `${server.api.url.replace("https", "wss")}/trpc?connectionParams=1`;
  const socket = new WebSocket(url, { agent: server.agent });
  await once(socket, "open");
  const answers: SocketAnswer[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on("message", (data: Buffer) => {
    answers.push(JSON.parse(data.toString("utf8")) as SocketAnswer);
    if (answers.length === calls) resolve();
  });
  for (const message of [{ method: "connectionParams", data: { token: server.token } }, ...messages])
    socket.send(JSON.stringify(message));
  await promise;
  socket.terminate();
  return answers.sort((a, b) => a.id - b.id);
}

const submit = (id: number, name: string) => ({
  id,
  method: "mutation",
  params: { path: "changes.submit", input: { changes: [{ op: "create", object: networkSet(name) }] } },
});

test("each call on a socket is a request of its own, also of several in one message: in its error, the log and the change set", async () => {
  await create("kept");
  lines.splice(0);
  const answers = await onOneSocket(
    5,
    submit(1, "kept"),
    [submit(2, "kept"), submit(3, "by-socket-a")],
    submit(4, "by-socket-b"),
    { id: 5, method: "query", params: { path: "no.such" } },
  );
  const told = answers.flatMap(({ id, error }) => (error === undefined ? [] : [{ id, ...error.data.status }]));
  expect(told.map(({ id, code }) => [id, code])).toEqual([
    [1, 409],
    [2, 409],
    [5, 404],
  ]);
  const ids = told.map(({ details }) => details?.requestId);
  expect(refusals()).toMatchObject(
    ids.slice(0, 2).map((requestId) => ({ requestId, call: "changes.submit", user: "admin", code: 409 })),
  );
  const all = [...ids, await requestOf("by-socket-a"), await requestOf("by-socket-b")];
  expect(all).toEqual(all.map(() => expect.stringMatching(UUID)));
  expect(new Set(all).size).toBe(all.length);
});

test("the refusal of a WebSocket tells its request", async () => {
  const url = `${server.api.url.replace("https", "wss")}/nowhere`;
  const socket = new WebSocket(url, { agent: server.agent, headers: { "audit-id": ID } });
  socket.on("error", () => undefined);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  expect(await json(response)).toMatchObject({ reason: "NotFound", details: { requestId: ID } });
});
