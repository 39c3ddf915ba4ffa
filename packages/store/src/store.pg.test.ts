import { afterAll, beforeAll, expect, test } from "vitest";
import type { AgentStatus } from "@percale/protocol";
import type { KubeObject } from "@percale/resources";
import { forbidden, refOf } from "@percale/resources";
import { openPostgresStore, startTestPostgres } from "./index.ts";
import type { Datastore, StoreEvent } from "./index.ts";
import type { TestPostgres } from "./test-postgres.ts";

let postgres: TestPostgres;
let store: Datastore;

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openPostgresStore({ url: postgres.url, windowSize: 50 });
});
afterAll(async () => {
  await store.close();
  await postgres.stop();
});

const author = "alice";
let made = 0;

function networkSet(name = `set-${made++}`, spec: unknown = { nets: ["10.0.0.0/8"] }): KubeObject {
  return { apiVersion: "projectcalico.org/v3", kind: "GlobalNetworkSet", metadata: { name }, spec };
}

async function create(object: KubeObject = networkSet()): Promise<KubeObject> {
  const { objects } = await store.apply({ author, changes: [{ op: "create", object }] });
  return objects[0]!;
}

async function update(object: KubeObject, subresource?: "status"): Promise<KubeObject> {
  const change = { op: "update" as const, object, ...(subresource !== undefined && { subresource }) };
  return (await store.apply({ author, changes: [change] })).objects[0]!;
}

async function take(events: AsyncIterable<StoreEvent>, count: number): Promise<StoreEvent[]> {
  const taken: StoreEvent[] = [];
  if (count === 0) return taken;
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

const refused = (reason: string): object => expect.objectContaining({ reason });

test("a created object has what only the server sets, and reads back", async () => {
  const object = await create();
  expect(object.metadata).toMatchObject({
    uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    generation: 1,
    resourceVersion: String(await store.head()),
  });
  expect(await store.get(refOf(object))).toEqual(object);
});

test("another process sees an acknowledged write at once", async () => {
  const other = await openPostgresStore({ url: postgres.url });
  for (let i = 0; i < 20; i++) {
    const object = await create();
    expect(await other.get(refOf(object))).toEqual(object);
  }
  await other.close();
});

test("a store can be closed as soon as it is open", async () => {
  const other = await openPostgresStore({ url: postgres.url });
  await other.close();
});

test("a name is taken once; generateName finds a free one", async () => {
  const { metadata } = await create();
  await expect(create(networkSet(metadata.name))).rejects.toEqual(refused("AlreadyExists"));
  const { name } = (await create({ ...networkSet(), metadata: { name: "", generateName: "web-" } })).metadata;
  expect(name).toMatch(/^web-[a-z0-9]{5}$/);
});

test("an update needs the newest resourceVersion and raises the generation when the spec changes", async () => {
  const first = await create();
  const second = await update({ ...first, spec: { nets: ["10.1.0.0/16"] } });
  expect(second.metadata.generation).toBe(2);
  await expect(update(first)).rejects.toEqual(refused("Conflict"));
  await expect(update(networkSet(first.metadata.name))).rejects.toEqual(refused("Invalid"));
  const labelled = await update({ ...second, metadata: { ...second.metadata, labels: { a: "b" } } });
  expect(labelled.metadata.generation).toBe(2);
});

test("an update that changes nothing keeps the resourceVersion and is no event", async () => {
  const object = await create();
  const head = await store.head();
  expect(await update({ ...object })).toEqual(object);
  expect(await store.head()).toBe(head);
});

test("status and spec are written through their own doors", async () => {
  const pool: KubeObject = { ...networkSet(), kind: "Tier", spec: { order: 1 }, status: { ignored: true } };
  const created = await create(pool);
  expect(created.status).not.toHaveProperty("ignored");
  const withStatus = await update({ ...created, spec: { order: 2 }, status: { ready: true } }, "status");
  expect([withStatus.spec, withStatus.status]).toMatchObject([{ order: 1 }, { ready: true }]);
  const moved = await update({ ...withStatus, spec: { order: 3 }, status: {} });
  expect([moved.spec, moved.status]).toMatchObject([{ order: 3 }, { ready: true }]);
});

test("finalizers hold an object until the last is taken away", async () => {
  const object = await create({ ...networkSet(), metadata: { name: `held-${made++}`, finalizers: ["percale/hold"] } });
  const { objects } = await store.apply({ author, changes: [{ op: "delete", ref: refOf(object) }] });
  expect(objects[0]!.metadata.deletionTimestamp).toBeDefined();
  const { finalizers: _, ...released } = objects[0]!.metadata;
  await update({ ...objects[0]!, metadata: released });
  expect(await store.get(refOf(object))).toBeUndefined();
});

test("a delete honours its preconditions", async () => {
  const ref = refOf(await create());
  const change = { op: "delete" as const, ref };
  await expect(store.apply({ author, changes: [{ ...change, uid: "other" }] })).rejects.toEqual(refused("Conflict"));
  await expect(store.apply({ author, changes: [{ ...change, resourceVersion: "1" }] })).rejects.toEqual(
    refused("Conflict"),
  );
  await store.apply({ author, changes: [change] });
  await expect(store.apply({ author, changes: [change] })).rejects.toEqual(refused("NotFound"));
});

test("a change set is written whole or not at all, and a dry run not at all", async () => {
  const [a, b] = [networkSet(), networkSet()];
  const head = await store.head();
  const changes = [
    { op: "create" as const, object: a },
    { op: "delete" as const, ref: { kind: "Tier", name: "nope" } },
  ];
  await expect(store.apply({ author, changes })).rejects.toEqual(refused("NotFound"));
  await store.apply({ author, dryRun: true, changes: [{ op: "create", object: b }] });
  expect(await store.head()).toBe(head);
  expect(await store.get(refOf(a))).toBeUndefined();
});

test("a check sees the earlier writes of its own group, so concurrent twins can't both pass", async () => {
  const isOnly = ({ object, lookup }: Parameters<NonNullable<Parameters<Datastore["apply"]>[1]>["check"] & {}>[0]) =>
    [...lookup.list("Profile")].length === 0 ? undefined : forbidden(refOf(object), "there is one");
  const attempts = Array.from({ length: 5 }, (_, i) => {
    const object = { ...networkSet(`only-${i}`), kind: "Profile" };
    return store.apply({ author, changes: [{ op: "create", object }] }, { check: isOnly });
  });
  const results = await Promise.allSettled(attempts);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a watch gives every change once, in order, with the ends of change sets", async () => {
  const since = await store.head();
  const [a, b] = [networkSet(), networkSet()];
  await store.apply({ author, changes: [a, b].map((object) => ({ op: "create", object })) });
  await store.apply({ author, changes: [{ op: "delete", ref: refOf(a) }] });
  const events = await take(store.watch({ since, kinds: ["GlobalNetworkSet"] }), 3);
  expect(
    events.map(({ revision, type, last, object }) => [revision - since, type, last, object.metadata.name]),
  ).toEqual([
    [1, "ADDED", false, a.metadata.name],
    [2, "ADDED", true, b.metadata.name],
    [3, "DELETED", true, a.metadata.name],
  ]);
  expect(events[2]!.object.metadata.resourceVersion).toBe(String(since + 3));
  expect(events[2]!.previous).toEqual(events[0]!.object);
});

test("a watch from before the window reads the log; from before compaction it is Expired", async () => {
  const since = await store.head();
  await Promise.all(Array.from({ length: 200 }, () => create()));
  const events = await take(store.watch({ since }), 200);
  expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: 200 }, (_, i) => since + 1 + i));
  await store.compact({ keepRevisions: 10 });
  await expect(take(store.watch({ since }), 1)).rejects.toEqual(refused("Expired"));
  expect(await take(store.watch({ since: since + 195 }), 5)).toHaveLength(5);
});

test("a list at an exact revision is what it was; a future one times out", async () => {
  const before = await store.list({ kind: "GlobalNetworkSet" });
  const object = await create();
  await update({ ...object, spec: { nets: [] } });
  await store.apply({ author, changes: [{ op: "delete", ref: refOf(before.items[0]!) }] });
  expect(await store.list({ kind: "GlobalNetworkSet", revision: before.revision, exact: true })).toEqual(before);
  await expect(store.list({ kind: "GlobalNetworkSet", revision: before.revision + 1_000 })).rejects.toEqual(
    refused("Timeout"),
  );
});

test("a list at an exact revision from before the window is read from the log; from before compaction it is Expired", async () => {
  const first = await create();
  const before = await store.list({ kind: "GlobalNetworkSet" });
  await update({ ...first, spec: { nets: [] } });
  await store.apply({ author, changes: [{ op: "delete", ref: refOf(before.items[0]!) }] });
  await Promise.all(Array.from({ length: 100 }, () => create()));
  expect(await store.list({ kind: "GlobalNetworkSet", revision: before.revision, exact: true })).toEqual(before);
  await store.compact({ keepRevisions: 10 });
  await expect(store.list({ kind: "GlobalNetworkSet", revision: before.revision, exact: true })).rejects.toEqual(
    refused("Expired"),
  );
});

test("lists come in the order of namespace, then name", async () => {
  const at = (namespace: string, name: string): KubeObject => ({
    ...networkSet(name),
    kind: "NetworkSet",
    metadata: { namespace, name },
  });
  for (const object of [at("a-b", "x"), at("a", "y"), at("a", "x")]) await create(object);
  const { items } = await store.list({ kind: "NetworkSet" });
  expect(items.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`)).toEqual(["a/x", "a/y", "a-b/x"]);
  expect((await store.list({ kind: "NetworkSet", namespace: "a" })).items).toHaveLength(2);
});

test("history tells who did what and why", async () => {
  const first = await create();
  await store.apply({
    author: "bob",
    reason: "smaller",
    changes: [{ op: "update", object: { ...first, spec: { nets: [] } } }],
  });
  const [newest, oldest] = await store.history(refOf(first));
  expect(newest).toMatchObject({ author: "bob", reason: "smaller", op: "MODIFIED", previous: first });
  expect(oldest).toMatchObject({ author: "alice", reason: "", op: "ADDED", object: first });
  const changes = await store.changes({ limit: 2 });
  expect(changes.map(({ revision }) => revision)).toEqual([newest!.revision, oldest!.revision]);
  expect((await store.changes({ limit: 1, before: newest!.revision }))[0]).toEqual(oldest);
});

test("of large objects an answer holds fewer activities, and the rest can be asked for", async () => {
  const nets = Array.from({ length: 50_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
  let object = await create(networkSet("large", { nets }));
  for (const label of ["a", "b", "c", "d"])
    object = await update({ ...object, metadata: { ...object.metadata, labels: { label } } });
  expect((await store.history(refOf(object))).length).toBeLessThan(5);
  const revisions: number[] = [];
  for (let before: number | undefined; revisions.length < 5;) {
    const page = await store.changes({ limit: 5, ...(before !== undefined && { before }) });
    revisions.push(...page.map(({ revision }) => revision));
    before = revisions.at(-1)!;
  }
  const newest = Number(object.metadata.resourceVersion);
  expect(revisions.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((i) => newest - i));
});

test("tokens are found by hash until revoked or expired", async () => {
  const token = await store.tokens.create({ hash: "h1", subject: "alice", groups: ["admins"] });
  await store.tokens.create({ hash: "h2", subject: "bob", groups: [], expiresAt: new Date(0) });
  expect(await store.tokens.lookup("h1")).toEqual(token);
  expect(await store.tokens.lookup("h2")).toBeUndefined();
  expect(await store.tokens.revoke(token.id)).toBe(true);
  expect(await store.tokens.lookup("h1")).toBeUndefined();
  expect(await store.tokens.list()).toHaveLength(2);
});

test("a token ends with the one it was made with; many are looked up at once", async () => {
  const parent = await store.tokens.create({ hash: "p", subject: "alice", groups: [] });
  const made = await store.tokens.create({ hash: "c", subject: "alice", groups: [], parentId: parent.id });
  const ask = () => Promise.all(["c", "nobody", "p"].map((hash) => store.tokens.lookup(hash)));
  expect(await ask()).toEqual([made, undefined, parent]);
  await store.tokens.revoke(parent.id);
  expect(await ask()).toEqual([undefined, undefined, undefined]);
});

test("settings keep any JSON", async () => {
  await store.settings.put("theme", { dark: true });
  expect(await store.settings.get("theme")).toEqual({ dark: true });
  expect(await store.settings.get("none")).toBeUndefined();
});

test("an agent's status reaches every process that watches", async () => {
  const other = await openPostgresStore({ url: postgres.url });
  const stop = new AbortController();
  const seen = (async () => {
    for await (const { node, record } of other.agentStatus.watch(stop.signal)) if (record !== undefined) return node;
    return undefined;
  })();
  const status = { node: "node-1", inSync: true } as AgentStatus; // the store doesn't look inside
  const poke = setInterval(() => void store.agentStatus.put(status), 50); // the watch may not stand yet
  expect(await seen).toBe("node-1");
  clearInterval(poke);
  expect(await store.agentStatus.list()).toMatchObject([{ status }]);
  await other.close();
});
