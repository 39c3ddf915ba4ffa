import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request as httpsRequest } from "node:https";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SCHEMA_LEVEL, SYNC_PATH, SYNC_SUBPROTOCOL } from "@percale/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startApi } from "../start.ts";
import type { Api } from "../start.ts";
import { NETWORK_SETS, startTestApi } from "../testdata/test-api.ts";
import type { PostgresTestApi } from "../testdata/test-api.ts";
import { clientCertificate } from "../testdata/client-certificate.ts";

/** Two processes on one database: what ends on the first must end on the second. */
let first: PostgresTestApi;
let second: Api;
let ca: string;
const dataDir = mkdtempSync(join(tmpdir(), "percale-api-"));

beforeAll(async () => {
  first = await startTestApi();
  second = await startApi({ dataDir, databaseUrl: first.postgres.url });
  ca = readFileSync(join(dataDir, "pki", "ca.crt"), "utf8");
});
afterAll(async () => {
  await second.close();
  await first.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Client {
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
}

async function newToken(input: object = {}): Promise<{ readonly id: string; readonly token: string }> {
  const body = { subject: "system:node:n1", groups: ["system:masters"], ...input };
  const answer = await first.call("/trpc/access.createToken", { method: "POST", body });
  return answer.body.result.data as { id: string; token: string };
}

const byToken = (token: string): Client => ({
  headers: { authorization: `Bearer ${token}` },
  agent: new Agent({ ca }),
});

function get(path: string, { headers, agent }: Client): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  httpsRequest(new URL(path, second.url), { headers, agent }, resolve).on("error", reject).end();
  return promise;
}

function connect(path: string, { headers, agent }: Client, protocol?: string): WebSocket {
  const socket = new WebSocket(second.url.replace("https", "wss") + path, protocol ?? [], { headers, agent });
  socket.on("error", () => undefined); // told by its close
  return socket;
}

/** Every door that stays open, on the second process; each promise is its end. */
async function openAll(client: Client): Promise<Readonly<Record<string, Promise<unknown>>>> {
  const watch = await get(`${NETWORK_SETS}?watch=1`, client);
  const events = await get("/trpc/live.watch", client);
  const sync = connect(SYNC_PATH, client, SYNC_SUBPROTOCOL);
  await once(sync, "open");
  const hello = { node: "n1", component: "test", build: "0", schemaLevel: SCHEMA_LEVEL, type: "agent", scope: "node" };
  sync.send(JSON.stringify({ t: "hello", ...hello, encodings: ["json"] }));
  await once(sync, "message");
  const procedures = connect("/trpc", client);
  await once(procedures, "open");
  procedures.send(JSON.stringify({ id: 1, method: "subscription", params: { path: "live.watch" } }));
  await once(procedures, "message");
  return {
    watch: endOf(watch),
    events: endOf(events),
    sync: once(sync, "close"),
    procedures: once(procedures, "close"),
  };
}

async function endOf(response: IncomingMessage): Promise<string> {
  let text = "";
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) text += chunk.toString("utf8");
  } catch {
    // cut off: an end too
  }
  return text;
}

test("what a revoked token opened ends, on a process that did not revoke it too", async () => {
  const { id, token } = await newToken();
  const ends = await openAll(byToken(token));
  await first.call("/trpc/access.revoke", { method: "POST", body: { id } });
  await Promise.all(Object.values(ends));
  expect((await ends["watch"]) as string).toContain('"reason":"Unauthorized"');
});

test("what a token opened ends when the token does", async () => {
  const { token } = await newToken({ ttlSeconds: 5 }); // time to open everything on a busy machine
  await Promise.all(Object.values(await openAll(byToken(token))));
});

test("what a client certificate opened ends when the certificate does", async () => {
  const subject = "CN=system:node:n1, O=system:masters";
  const pair = await clientCertificate(join(dataDir, "pki"), { subject, endsAt: Date.now() + 6_000 });
  const agent = new Agent({ ca, cert: pair.certificate, key: pair.key });
  await Promise.all(Object.values(await openAll({ headers: {}, agent })));
});

test("a kept connection's next request is judged by the certificate's end", async () => {
  const pair = await clientCertificate(join(dataDir, "pki"), {
    subject: "CN=admin, O=system:masters",
    endsAt: Date.now() + 2_000,
  });
  const agent = new Agent({ ca, cert: pair.certificate, key: pair.key, keepAlive: true, maxSockets: 1 });
  const codes: (number | undefined)[] = [];
  while (codes.at(-1) !== 401) {
    const answer = await get(NETWORK_SETS, { headers: {}, agent });
    codes.push(answer.statusCode);
    await endOf(answer);
    await delay(100);
  }
  agent.destroy();
  expect(codes[0]).toBe(200);
});

test("a call on an open socket after its token's end is refused", async () => {
  const { token } = await newToken({ ttlSeconds: 1 });
  const socket = connect("/trpc", byToken(token));
  await once(socket, "open");
  await delay(1_000); // the token's life
  const input = { subject: "heir", groups: ["system:masters"] };
  socket.send(JSON.stringify({ id: 1, method: "mutation", params: { path: "access.createToken", input } }));
  const [answer] = (await Promise.race([once(socket, "message"), once(socket, "close")])) as [Buffer | number];
  if (typeof answer !== "number") expect(answer.toString("utf8")).toContain("UNAUTHORIZED");
  socket.terminate();
  const tokens = await first.call("/trpc/access.list");
  expect(JSON.stringify(tokens.body)).not.toContain("heir");
});

describeSession("revoked", async ({ id }) => {
  await first.call("/trpc/access.revoke", { method: "POST", body: { id } });
});
describeSession("expired", async () => undefined, { ttlSeconds: 2 });

/** A session is a door that a token opened. */
function describeSession(
  how: string,
  end: (token: { readonly id: string }) => Promise<void>,
  more: { readonly ttlSeconds?: number } = {},
): void {
  test(`a session ends when the token it was made with is ${how}`, async () => {
    const made = await newToken(more);
    const signIn = await first.call("/trpc/session.signIn", {
      method: "POST",
      token: null,
      body: { token: made.token },
    });
    const cookie = signIn.headers["set-cookie"]![0]!.split(";")[0]!;
    const read = () => get("/trpc/objects.kinds", { headers: { cookie }, agent: new Agent({ ca }) });
    expect((await read()).statusCode).toBe(200);
    await end(made);
    while ((await read()).statusCode !== 401) await delay(100);
  });
}
