import { once } from "node:events";
import { Agent as TlsAgent } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCHEMA_LEVEL, SYNC_PATH, SYNC_SUBPROTOCOL } from "@percale/protocol";
import type { Hello, ServerMessage } from "@percale/protocol";
import { quietStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { WebSocket } from "ws";
import { join } from "node:path";
import { LIMITS } from "./limits.ts";
import { startAnyApi } from "./testdata/any-store-api.ts";
import { NETWORK_SETS, networkSet } from "./testdata/test-api.ts";
import type { TestApi } from "./testdata/test-api.ts";

let server: TestApi;
beforeAll(async () => {
  server = await startAnyApi();
});
afterAll(() => server.stop());

const create = (name: string) => server.call(NETWORK_SETS, { method: "POST", body: networkSet(name) });

/** A client that keeps what it hears. */
class Stream {
  readonly socket: WebSocket;
  readonly heard: ServerMessage[] = [];
  #wake: (() => void) | undefined;

  constructor(socketPath?: string) {
    const url = server.api.url.replace("https", "wss") + SYNC_PATH;
    const agent =
      socketPath === undefined
        ? server.agent
        : new TlsAgent({ ca: server.ca, servername: "localhost", ...({ socketPath } as object) });
    this.socket = new WebSocket(url, SYNC_SUBPROTOCOL, { agent, headers: { authorization: `Bearer ${server.token}` } });
    this.socket.on("message", (data: Buffer) => {
      this.heard.push(JSON.parse(data.toString("utf8")) as ServerMessage);
      this.#wake?.();
    });
  }

  async hello(more: Partial<Hello> = {}): Promise<void> {
    await once(this.socket, "open");
    this.send({
      t: "hello",
      node: "n1",
      component: "test",
      build: "0",
      schemaLevel: SCHEMA_LEVEL,
      type: "agent",
      scope: "node",
      encodings: ["json"],
      ...more,
    });
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  async until<M>(find: (heard: readonly ServerMessage[]) => M | undefined): Promise<M> {
    for (;;) {
      const found = find(this.heard);
      if (found !== undefined) return found;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }
}

const deltasIn = (heard: readonly ServerMessage[]) => heard.filter((message) => message.t === "delta");
const endIn = (heard: readonly ServerMessage[]) => heard.find((message) => message.t === "snapshotEnd");

describe("the sync stream", () => {
  test("a snapshot, then contiguous deltas; a change set is one delta", async () => {
    await create("before");
    const stream = new Stream();
    await stream.hello();
    const end = await stream.until(endIn);
    const names = stream.heard.flatMap((message) => (message.t === "put" ? message.objects : []));
    expect(names.map(({ metadata }) => metadata.name)).toContain("before");
    const changes = ["s1", "s2", "s3"].map((name) => ({ op: "create", object: networkSet(name) }));
    await server.call("/changesets/v1", { method: "POST", body: { changes } });
    await create("after");
    await server.call(`${NETWORK_SETS}/before`, { method: "DELETE" });
    const last = end.revision + 5;
    await stream.until((heard) => deltasIn(heard).find(({ toRev }) => toRev === last));
    let revision = end.revision;
    for (const delta of deltasIn(stream.heard)) {
      expect(delta.fromRev).toBe(revision);
      revision = delta.toRev;
      const parts = delta.puts.filter(({ metadata }) => /^s\d$/.test(metadata.name));
      expect([0, 3]).toContain(parts.length);
    }
    expect(deltasIn(stream.heard).flatMap(({ deletes }) => deletes)).toEqual([
      { kind: "NetworkSet", namespace: "default", name: "before" },
    ]);
    stream.socket.close();
  });

  test("resumes by epoch and revision, and falls back to a snapshot for another epoch", async () => {
    const first = new Stream();
    await first.hello();
    const { revision } = await first.until(endIn);
    const { epoch, scopeDigest } = await first.until((heard) => heard.find((message) => message.t === "welcome"));
    first.socket.close();
    await create("missed");
    const second = new Stream(join(server.dataDir, "api.sock"));
    await second.hello({ resume: { epoch, revision, scopeDigest } });
    const delta = await second.until((heard) => deltasIn(heard)[0]);
    expect({ from: delta.fromRev, names: delta.puts.map(({ metadata }) => metadata.name) }).toEqual({
      from: revision,
      names: ["missed"],
    });
    expect(second.heard[0]).toMatchObject({ t: "welcome", mode: "resume" });
    second.socket.close();
    const third = new Stream();
    await third.hello({ resume: { epoch: "other", revision, scopeDigest } });
    await third.until(endIn);
    expect(third.heard[0]).toMatchObject({ mode: "snapshot" });
    third.socket.close();
  });

  test("status and acknowledgements become the node's status", async () => {
    const stream = new Stream();
    await stream.hello();
    const { revision } = await stream.until(endIn);
    stream.send({ t: "status", status: quietStatusOf("n1") });
    stream.send({ t: "ack", applied: revision, programmed: revision });
    const programmed = async (): Promise<number> => {
      const { body } = await server.call("/trpc/nodes.status");
      return (body.result.data[0]?.status.programmedRevision as number | undefined) ?? 0;
    };
    await expect.poll(programmed, { timeout: 5_000 }).toBe(revision);
    stream.socket.close();
  });

  test("refuses another schema, a message before hello, and a wrong token, each with its code", async () => {
    const old = new Stream();
    await old.hello({ schemaLevel: 0 });
    expect((await once(old.socket, "close"))[0]).toBe(4001);
    expect(old.heard[0]).toMatchObject({ t: "reject", code: "version" });
    const early = new Stream();
    await once(early.socket, "open");
    early.send({ t: "ack", applied: 1, programmed: 1 });
    expect((await once(early.socket, "close"))[0]).toBe(4007);
    const headers = { authorization: "Bearer nonsense" };
    const url = server.api.url.replace("https", "wss") + SYNC_PATH;
    const wrong = new WebSocket(url, SYNC_SUBPROTOCOL, { agent: server.agent, headers });
    const [error] = (await once(wrong, "error")) as [Error];
    expect(error.message).toContain("401");
  });
});

describe("tRPC", () => {
  const query = async (path: string, input?: unknown, token = server.token) => {
    const search = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    return server.call(`/trpc/${path}${search}`, { token });
  };
  const mutate = (path: string, body: unknown, token: string | null = server.token, headers = {}) =>
    server.call(`/trpc/${path}`, { method: "POST", body, token, headers });

  test("signing in gives a cookie that works until signing out", async () => {
    const { headers, body } = await mutate("session.signIn", { token: server.token }, null);
    expect(body.result.data).toMatchObject({ user: "admin", rights: { admin: true } });
    const [cookie] = headers["set-cookie"]!;
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Secure/);
    const session = { cookie: cookie!.split(";")[0]! };
    const ask = () =>
      server.call("/trpc/objects.list?input=%7B%22kind%22%3A%22Tier%22%7D", { token: null, headers: session });
    expect((await ask()).body.result.data.items).toHaveLength(3);
    expect((await mutate("session.signOut", {}, null, session)).code).toBe(200);
    expect((await ask()).code).toBe(401);
    expect((await mutate("session.signIn", { token: "no" }, null)).body.error.data.status.reason).toBe("Unauthorized");
  });

  test("errors carry the Status", async () => {
    const changes = [{ op: "create", object: networkSet("bad", { nets: ["x"] }) }];
    const { code, body } = await mutate("changes.submit", { changes });
    expect(code).toBe(422);
    expect(body.error.data.status).toMatchObject({
      reason: "Invalid",
      details: { causes: [{ field: "spec.nets[0]" }] },
    });
  });

  test.each([
    ["a mutation by GET", "access.revoke", {}, 405, "MethodNotAllowed", /GET/],
    [
      "a body of another type",
      "changes.submit",
      { method: "POST", body: "x", headers: { "content-type": "text/plain" } },
      415,
      "UnsupportedMediaType",
      /text\/plain/,
    ],
    [
      "a body that is too large",
      "changes.submit",
      { method: "POST", body: "x".repeat(4_000_000) },
      413,
      "RequestEntityTooLarge",
      /larger with kubectl/,
    ],
    ["no procedure", "nothing.here", {}, 404, "NotFound", /nothing\.here/],
    ["no JSON", "changes.submit", { method: "POST", body: "{" }, 400, "BadRequest", /JSON/],
  ])("%s is refused as what it is", async (_, path, options, code, reason, words) => {
    const { code: answered, body } = await server.call(`/trpc/${path}`, options);
    // tRPC calls a refusal that comes before any procedure plain text.
    const { message, data } = (typeof body === "string" ? JSON.parse(body) : body).error;
    expect({ answered, inside: data.status }).toMatchObject({ answered: code, inside: { code, reason } });
    expect(message).toMatch(words);
  });

  test("a change set is kept with author and reason, and can be reverted", async () => {
    await mutate("changes.submit", { reason: "try", changes: [{ op: "create", object: networkSet("undo") }] });
    const [activity] = (await query("changes.list", { limit: 1 })).body.result.data.activities;
    expect(activity).toMatchObject({ author: "admin", reason: "try", op: "ADDED", ref: { name: "undo" } });
    await mutate("changes.revert", { revision: activity.revision });
    expect((await server.call(`${NETWORK_SETS}/undo`)).code).toBe(404);
    const [deleted] = (await query("changes.list", { limit: 1 })).body.result.data.activities;
    await mutate("changes.revert", { revision: deleted.revision });
    expect((await server.call(`${NETWORK_SETS}/undo`)).body.spec.nets).toEqual(["10.0.0.1"]);
    expect((await mutate("changes.revert", { revision: 10 ** 6 })).code).toBe(400);
  });

  test("the log is read page by page to its beginning, and each says where to go on", async () => {
    const revisions: number[] = [];
    let pages = 0;
    for (let before: number | undefined; ; pages++) {
      const { data } = (await query("changes.list", { limit: 3, ...(before !== undefined && { before }) })).body.result;
      revisions.push(...data.activities.map(({ revision }: { revision: number }) => revision));
      if (data.next === undefined) break;
      before = data.next;
    }
    expect(revisions).toEqual(Array.from({ length: revisions[0]! }, (_, i) => revisions[0]! - i));
    expect(pages).toBe(Math.ceil(revisions.length / 3) - 1);
  });

  test("one subscription tells of every change, and resumes", async () => {
    const url = `${server.api.url.replace("https", "wss")}/trpc?connectionParams=1`;
    const socket = new WebSocket(url, { agent: server.agent });
    const heard: {
      id?: number;
      result?: {
        type: string;
        id?: string;
        data?: { id: string; data: { object: { metadata: { name: string } }; author: string } };
      };
    }[] = [];
    socket.on("message", (data: Buffer) => void heard.push(JSON.parse(data.toString("utf8"))));
    await once(socket, "open");
    socket.send(JSON.stringify({ method: "connectionParams", data: { token: server.token } }));
    const { body } = await server.call(NETWORK_SETS);
    const since = Number(body.metadata.resourceVersion);
    socket.send(JSON.stringify({ id: 1, method: "subscription", params: { path: "live.watch", input: { since } } }));
    await create("told");
    await expect.poll(() => JSON.stringify(heard), { timeout: 5_000 }).toContain('"told"');
    expect(JSON.stringify(heard)).toContain('"author":"admin"');
    socket.close();
  });

  test("a subscription over plain HTTP counts as a watch, for as long as it is read", async () => {
    const watches = async (): Promise<number> =>
      Number(/^percale_api_watches (\d+)$/m.exec((await server.call("/metrics")).body)![1]);
    while ((await watches()) > 0) await delay(50); // those of the tests before
    const events = await server.open("/trpc/live.watch");
    expect(await watches()).toBe(1);
    events.on("error", () => undefined).destroy();
    while ((await watches()) > 0) await delay(50);
  });

  test("a socket has only so many subscriptions at once, whatever became of the others", async () => {
    const socket = new WebSocket(`${server.api.url.replace("https", "wss")}/trpc`, {
      agent: server.agent,
      headers: { authorization: `Bearer ${server.token}` },
    });
    await once(socket, "open");
    let id = 0;
    const answers = new Map<number, string>();
    socket.on("message", (data: Buffer) => {
      const { id: of, error, result } = JSON.parse(data.toString("utf8"));
      if (!answers.has(of)) answers.set(of, error?.data.code ?? result.type);
    });
    const subscribe = async (input?: object): Promise<string> => {
      const own = ++id;
      socket.send(JSON.stringify({ id: own, method: "subscription", params: { path: "live.watch", input } }));
      while (!answers.has(own)) await once(socket, "message");
      return answers.get(own)!;
    };
    const most = LIMITS.subscriptionsPerSocket;
    const wrong = new Set(await Promise.all(Array.from({ length: most }, () => subscribe({ since: "x" }))));
    const open = new Set(await Promise.all(Array.from({ length: most }, () => subscribe())));
    expect([wrong, open, await subscribe()]).toEqual([
      new Set(["BAD_REQUEST"]),
      new Set(["started"]),
      "TOO_MANY_REQUESTS",
    ]);
    socket.send(JSON.stringify({ id, method: "subscription.stop" }));
    socket.send(JSON.stringify({ id: id - 1, method: "subscription.stop" }));
    expect(await subscribe()).toBe("started");
    socket.terminate();
  });

  test("questions: why, which selector matches, what would change, how full", async () => {
    await makeShop();
    const ask = { from: "shop/n1-k8s-web-eth0", to: "shop/n1-k8s-db-eth0", protocol: "TCP", port: 5432 };
    const allowed = (await query("policy.explain", ask)).body.result.data;
    expect(allowed).toMatchObject({ verdict: "allow", to: { endpoint: ask.to } });
    const deny = {
      apiVersion: "projectcalico.org/v3",
      kind: "NetworkPolicy",
      metadata: { name: "deny-web", namespace: "shop" },
      spec: { selector: "app == 'db'", ingress: [{ action: "Deny", source: { selector: "app == 'web'" } }] },
    };
    const changes = [{ op: "create", object: deny }];
    const impact = (await query("policy.impact", { changes })).body.result.data;
    expect(impact.changes).toMatchObject([
      {
        from: ask.from,
        to: ask.to,
        port: 5432,
        before: { verdict: "allow" },
        after: { verdict: "deny", policy: { name: "deny-web" } },
      },
    ]);
    const viewer = (await mutate("access.createToken", { subject: "vera", groups: ["percale:viewers"] })).body.result
      .data;
    const asked = await query("policy.impact", { changes }, viewer.token);
    expect(asked.body.result.data.changes).toEqual(impact.changes); // asking is reading
    expect((await mutate("changes.submit", { changes }, viewer.token)).code).toBe(403);
    await mutate("changes.submit", { changes });
    const denied = (await query("policy.explain", ask)).body.result.data;
    expect(denied).toMatchObject({ verdict: "deny", decidedBy: { direction: "ingress", by: "rule", rule: 0 } });
    const matrix = (await query("policy.matrix", { ports: [{ protocol: "TCP", port: 5432 }] })).body.result.data;
    expect(matrix.cells).toHaveLength(2);
    const ref = { kind: "WorkloadEndpoint", namespace: "shop", name: "n1-k8s-db-eth0" };
    const effective = (await query("policy.effective", ref)).body.result.data;
    expect(effective.tiers).toMatchObject([{ tier: "default", ingress: [{ name: "deny-web" }] }]);
    const coverage = (await query("policy.coverage", { per: "policy" })).body.result.data;
    expect(coverage.rows).toEqual([{ name: "NetworkPolicy/shop/deny-web", count: 1 }]);
    expect((await query("policy.protection", {})).body.result.data).toMatchObject({
      endpoints: 2,
      revision: coverage.revision,
    });
    expect((await query("selectors.test", { selector: "app == 'db'" })).body.result.data).toMatchObject({
      ok: true,
      count: 1,
    });
    expect((await query("selectors.test", { selector: "app == " })).body.result.data).toMatchObject({
      ok: false,
      field: "selector",
    });
    expect((await query("policy.explain", { ...ask, to: "shop/nobody" })).code).toBe(400);
    const summary = (await query("overview.summary")).body.result.data;
    expect(summary.counts).toMatchObject({ WorkloadEndpoint: 2, Tier: 3 });
    expect(summary.changes[0].objects[0].ref.name).toBe("deny-web");
    expect((await query("pools.usage")).body.result.data).toEqual([]);
  });

  test.each([
    "policy.coverage",
    "policy.protection",
    "policy.setUse",
    "policy.profileUse",
    "changes.set",
    "policy.matrix",
    "policy.impact",
    "selectors.test",
  ])("%s is asked alone: what a batch answers is written in one turn", async (procedure) => {
    const { code, body } = await server.call(`/trpc/overview.summary,${procedure}?batch=1`, {
      method: "POST",
      body: { 1: { selector: "all()" } },
    });
    expect(code).toBe(400);
    expect(body[1].error.message).toContain(`${procedure} may not be in a batch`);
  });

  test("the lab's report is the matrix", async () => {
    const probe = { from: "a", to: "b", port: 80, proto: "tcp", allowed: false, at: new Date(0).toISOString() };
    expect((await mutate("lab.report", { probes: [probe], workloads: [] })).code).toBe(200);
    expect((await query("lab.matrix")).body.result.data.probes).toEqual([probe]);
  });
});

async function makeShop(): Promise<void> {
  const endpoint = (pod: string, address: string, port: number): object => ({
    apiVersion: "projectcalico.org/v3",
    kind: "WorkloadEndpoint",
    metadata: { name: `n1-k8s-${pod}-eth0`, namespace: "shop", labels: { app: pod } },
    spec: {
      orchestrator: "k8s",
      node: "n1",
      pod,
      endpoint: "eth0",
      interfaceName: `cali${pod}`,
      ipNetworks: [`${address}/32`],
      profiles: ["projectcalico-default-allow"],
      ports: [{ name: "main", protocol: "TCP", port }],
    },
  });
  const changes = [endpoint("web", "10.1.0.1", 80), endpoint("db", "10.1.0.2", 5432)];
  const body = { changes: changes.map((object) => ({ op: "create", object })) };
  const { code, body: answer } = await server.call("/changesets/v1", { method: "POST", body });
  if (code !== 200) throw new Error(JSON.stringify(answer));
}
