import { afterAll, beforeAll, expect, test } from "vitest";
import { startAnyApi } from "../testdata/any-store-api.ts";
import { NETWORK_SETS, networkSet } from "../testdata/test-api.ts";
import type { Answer, TestApi } from "../testdata/test-api.ts";

const PENDING = "/apis/percale.io/v1/pendingchanges";
let server: TestApi;
beforeAll(async () => {
  server = await startAnyApi();
});
afterAll(() => server.stop());

const write = (changes: readonly object[], confirmWithin: unknown, more: object = {}): Promise<Answer> =>
  server.call("/changesets/v1", { method: "POST", body: { changes, confirmWithin, reason: "try it", ...more } });
const create = (name: string): object => ({ op: "create", object: networkSet(name) });
const codeOf = async (path: string): Promise<number> => (await server.call(path)).code;

/** Makes it due now: as if the time had passed. */
async function expire(name: string): Promise<void> {
  const body = { spec: { deadline: new Date(0).toISOString() } };
  const headers = { "content-type": "application/merge-patch+json" };
  expect((await server.call(`${PENDING}/${name}`, { method: "PATCH", body, headers })).code).toBe(200);
}
async function isGone(path: string): Promise<void> {
  await expect.poll(() => codeOf(path), { timeout: 20_000 }).toBe(404);
}

test("what nobody confirms is turned back whole: made, changed and deleted objects, with who and why", async () => {
  await server.call(NETWORK_SETS, { method: "POST", body: networkSet("kept", { nets: ["192.0.2.0/24"] }) });
  const { body: old } = await server.call(NETWORK_SETS, {
    method: "POST",
    body: networkSet("edited", { nets: ["192.0.2.0/24"] }),
  });
  const changes = [
    create("made"),
    { op: "update", object: { ...old, spec: { nets: ["198.51.100.0/24"] } } },
    { op: "delete", ref: { kind: "NetworkSet", namespace: "default", name: "kept" } },
  ];
  const { code, body } = await write(changes, 3_600);
  expect([code, body.objects.length]).toEqual([200, 3]);
  const { name } = body.pending;
  expect((await server.call(`${PENDING}/${name}`)).body.spec).toEqual({
    author: "admin",
    reason: "try it",
    deadline: body.pending.deadline,
  });
  await expire(name);
  await isGone(`${PENDING}/${name}`);
  expect(await codeOf(`${NETWORK_SETS}/made`)).toBe(404);
  expect((await server.call(`${NETWORK_SETS}/edited`)).body.spec.nets).toEqual(["192.0.2.0/24"]);
  expect((await server.call(`${NETWORK_SETS}/kept`)).body.spec.nets).toEqual(["192.0.2.0/24"]);
  expect((await server.api.store.changes({ limit: 1 }))[0]).toMatchObject({
    author: "system:controller:pending-changes",
    reason: "not confirmed by 1970-01-01T00:00:00.000Z: try it",
  });
});

test("what is confirmed stays: whoever deletes the pending change confirms it", async () => {
  const { body } = await write([create("confirmed")], 10);
  expect((await server.call(`${PENDING}/${body.pending.name}`, { method: "DELETE" })).code).toBe(200);
  await write([create("later")], 10).then(({ body: later }) => expire(later.pending.name));
  await isGone(`${NETWORK_SETS}/later`);
  expect(await codeOf(`${NETWORK_SETS}/confirmed`)).toBe(200);
});

test("a namespace that somebody made is turned back, though one that a change implied would not be", async () => {
  const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "tried" } };
  const { body } = await write([{ op: "create", object }], 10);
  await expire(body.pending.name);
  await isGone("/api/v1/namespaces/tried");
});

test("a set that is reverted by hand is pending no more", async () => {
  const { body } = await write([create("reverted")], 10);
  await server.call("/trpc/changes.revert", { method: "POST", body: { revision: Number(body.resourceVersion) } });
  expect(await codeOf(`${PENDING}/${body.pending.name}`)).toBe(404);
  expect(await codeOf(`${NETWORK_SETS}/reverted`)).toBe(404);
});

test("a deadline that is moved counts, and what was changed since is turned back all the same", async () => {
  const { body } = await write([create("moved")], 10);
  const { name } = body.pending;
  const far = { spec: { deadline: new Date(Date.now() + 3_600_000).toISOString() } };
  const headers = { "content-type": "application/merge-patch+json" };
  await server.call(`${PENDING}/${name}`, { method: "PATCH", body: far, headers });
  await server.call(`${NETWORK_SETS}/moved`, { method: "PATCH", body: { spec: { nets: ["10.9.0.0/16"] } }, headers });
  await expire(name);
  await isGone(`${NETWORK_SETS}/moved`);
});

test.each([["soon"], [9], [86_401], [60.5]])(
  "a set to be confirmed within %s seconds is refused",
  async (confirmWithin) => {
    const { code, body } = await write([create("never")], confirmWithin);
    expect([code, body.message]).toEqual([400, expect.stringContaining("confirmWithin")]);
    expect(await codeOf(`${NETWORK_SETS}/never`)).toBe(404);
  },
);

test("a rehearsal leaves nothing pending", async () => {
  const { code, body } = await write([create("rehearsed")], 60, { dryRun: true });
  expect([code, body.pending]).toEqual([200, undefined]);
});

test("what cannot be turned back is told as long as it is so, and is not forgotten", async () => {
  const { body } = await write([create("stuck")], 600);
  const { name } = body.pending;
  for (let i = 0; i < 1_010; i += 101)
    await server.call("/changesets/v1", {
      method: "POST",
      body: { changes: Array.from({ length: 101 }, (_, j) => create(`filler-${i + j}`)) },
    });
  await server.api.store.compact({ keepRevisions: 10 });
  await expire(name);
  const told = async (): Promise<boolean> => {
    const { body: conditions } = await server.call("/trpc/health.conditions");
    return JSON.stringify(conditions).includes("ChangeNotTurnedBack");
  };
  await expect.poll(told, { timeout: 20_000 }).toBe(true);
  expect([await codeOf(`${PENDING}/${name}`), await codeOf(`${NETWORK_SETS}/stuck`)]).toEqual([200, 200]);
  await server.call(`${PENDING}/${name}`, { method: "DELETE" });
  await expect.poll(told, { timeout: 20_000 }).toBe(false);
});
