import { createInterface } from "node:readline";
import type { KubeObject } from "@percale/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NETWORK_SETS, networkSet, startTestApi } from "./testdata/test-api.ts";
import type { TestApi } from "./testdata/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const MERGE_PATCH = { "content-type": "application/merge-patch+json" };
const nets = Array.from({ length: 60_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
const post = (path: string, body: unknown) => api.call(path, { method: "POST", body });
const large = (name: string) => networkSet(name, { nets });

describe("an object that another thread reads and checks", () => {
  test("is created, patched, replaced and deleted like any other", async () => {
    const created = await post(NETWORK_SETS, large("one"));
    expect(created).toMatchObject({ code: 201, body: { metadata: { generation: 1 }, spec: { nets } } });
    const path = `${NETWORK_SETS}/one`;
    const patch = { metadata: { labels: { size: "large" } } };
    const patched = await api.call(path, { method: "PATCH", body: patch, headers: MERGE_PATCH });
    expect(patched).toMatchObject({ code: 200, body: { metadata: { labels: { size: "large" } }, spec: { nets } } });
    const replaced = await api.call(path, { method: "PUT", body: { ...patched.body, spec: { nets: nets.slice(1) } } });
    expect(replaced.body.spec.nets).toHaveLength(nets.length - 1);
    const stale = await api.call(path, { method: "PUT", body: patched.body });
    expect(stale).toMatchObject({ code: 409, body: { reason: "Conflict" } });
    expect((await api.call(path, { method: "DELETE" })).code).toBe(200);
  });

  test("takes a name that is made up, and drops unknown fields with a warning", async () => {
    const { code, headers, body } = await post(NETWORK_SETS, {
      ...networkSet("", { nets, colour: "red" }, { generateName: "made-up-" }),
    });
    expect({ code, name: body.metadata.name }).toEqual({ code: 201, name: expect.stringMatching(/^made-up-.{5}$/) });
    expect(headers["warning"]).toContain("spec.colour");
  });

  test("is refused with its faults", async () => {
    const { code, body } = await post(NETWORK_SETS, networkSet("bad", { nets: [...nets, "ten"] }));
    expect(code).toBe(422);
    expect(body.details.causes).toMatchObject([{ field: "spec.nets[60000]", reason: "FieldValueInvalid" }]);
  });

  test("that was stored before there was a limit may still shrink", async () => {
    const long = Array.from({ length: 130_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`);
    const old = networkSet("oversized", { nets: long }) as KubeObject;
    await api.api.store.apply({ author: "before", changes: [{ op: "create", object: old }] });
    const path = `${NETWORK_SETS}/oversized`;
    const patch = (body: object) => api.call(path, { method: "PATCH", body, headers: MERGE_PATCH });
    const grown = await patch({ metadata: { labels: { one: "more" } } });
    expect(grown).toMatchObject({ code: 413, body: { message: expect.stringContaining("split it") } });
    expect(await patch({ spec: { nets: long.slice(1) } })).toMatchObject({ code: 200 });
    expect((await api.call(path, { method: "DELETE" })).code).toBe(200);
  });

  test("patches that race lose nothing", async () => {
    await post(NETWORK_SETS, large("raced"));
    const keys = ["a", "b", "c", "d"];
    const patches = keys.map((key) =>
      api.call(`${NETWORK_SETS}/raced`, {
        method: "PATCH",
        body: { metadata: { labels: { [key]: "" } } },
        headers: MERGE_PATCH,
      }),
    );
    expect((await Promise.all(patches)).map(({ code }) => code)).toEqual(keys.map(() => 200));
    const { body } = await api.call(`${NETWORK_SETS}/raced`);
    expect(Object.keys(body.metadata.labels).sort()).toEqual(keys);
  });
});

describe("a large change set", () => {
  const creations = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ op: "create", object: networkSet(`many-${i}`) }));

  test("is written as one", async () => {
    const changes = [...creations(2_000), { op: "create", object: large("among-many") }];
    const { code, body } = await post("/changesets/v1", { changes, reason: "much" });
    expect(code).toBe(200);
    expect(body.objects.map((one: { metadata: { name: string } }) => one.metadata.name)).toEqual(
      changes.map(({ object }) => (object as { metadata: { name: string } }).metadata.name),
    );
  });

  test("is refused as one", async () => {
    const rest = creations(2_000).map(({ op }, i) => ({ op, object: networkSet(`other-${i}`) }));
    const bad = { op: "create", object: networkSet("other-bad", { nets: ["ten"] }) };
    expect(await post("/changesets/v1", { changes: [...rest, bad] })).toMatchObject({ code: 422 });
    expect((await api.call(`${NETWORK_SETS}/other-0`)).code).toBe(404);
  });
});

test("updates of large objects are refused before each is checked, once they are more than a set may write", async () => {
  expect((await post(NETWORK_SETS, large("often"))).code).toBe(201);
  const changes = Array.from({ length: 60 }, () => ({
    op: "update",
    object: networkSet("often", { nets: [] }, { resourceVersion: "1" }),
  }));
  const { code, body } = await post("/changesets/v1", { changes });
  expect({ code, reason: body.reason }).toEqual({ code: 413, reason: "RequestEntityTooLarge" });
  expect(body.message).toMatch(/32 MB.*the first \d+ of 60 changes write more: split it/);
});

describe("a large tRPC call", () => {
  const submit = (changes: unknown) => post("/trpc/changes.submit", { changes });

  test("is answered like a small one", async () => {
    const { code, body } = await submit([
      { op: "create", object: networkSet("by-trpc", { nets: nets.slice(0, 20_000) }) },
    ]);
    expect({ code, count: body.result.data.objects[0].spec.nets.length }).toEqual({ code: 200, count: 20_000 });
  });

  test.each([
    ["too long", { nets }, 413, "RequestEntityTooLarge"],
    ["of too many fields", { nets: Array.from({ length: 70_000 }, () => ({})) }, 422, "Invalid"],
  ])("%s is refused in tRPC's words", async (_, spec, code, reason) => {
    const answer = await submit([{ op: "create", object: networkSet("refused", spec) }]);
    expect(answer).toMatchObject({ code, body: { error: { data: { status: { reason, code } } } } });
  });
});

test("a batch of long answers is refused from where it is too long, and one of very many faults is told the first", async () => {
  for (const name of ["q1", "q2", "q3", "q4", "q5"]) await post(NETWORK_SETS, large(name));
  const paths = Array.from({ length: 12 }, () => "objects.list").join(",");
  const input = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [i, { kind: "NetworkSet" }]));
  const { body } = await api.call(`/trpc/${paths}?batch=1&input=${encodeURIComponent(JSON.stringify(input))}`);
  const codes = body.map(
    (one: { error?: { data: { status: { code: number } } } }) => one.error?.data.status.code ?? 200,
  );
  expect(new Set(codes)).toEqual(new Set([200, 429]));
  const faulty = await post("/trpc/changes.submit", { changes: Array.from({ length: 9_999 }, () => 0) });
  expect(faulty.body.error.message).toMatch(/^changes\[0\].*and 45 faults more$/);
  expect(JSON.stringify(faulty.body).length).toBeLessThan(20_000);
});

test("a tRPC list comes in pages of one revision", async () => {
  for (const name of ["p1", "p2", "p3"]) await post(NETWORK_SETS, large(name));
  const ask = async (after?: object) => {
    const input = encodeURIComponent(JSON.stringify({ kind: "NetworkSet", ...(after !== undefined && { after }) }));
    return (await api.call(`/trpc/objects.list?input=${input}`)).body.result.data;
  };
  const { body: whole } = await api.call(NETWORK_SETS);
  const first = await ask();
  await post(NETWORK_SETS, networkSet("zz-meanwhile"));
  const pages = [first];
  while (pages.at(-1).next !== undefined) pages.push(await ask(pages.at(-1).next));
  expect(pages.length).toBeGreaterThan(1);
  expect(new Set(pages.map(({ revision }) => revision))).toEqual(new Set([first.revision]));
  const bare = whole.items.map((item: KubeObject) => ({
    ...item,
    metadata: { ...item.metadata, managedFields: undefined },
  }));
  expect(pages.flatMap(({ items }) => items)).toEqual(bare); // browsers are not told who owns which field
});

test.each([
  ["objects", "", {}],
  ["pretty objects", "?pretty=true", {}],
  ["metadata", "", { accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1" }],
  ["a table", "?includeObject=Object", { accept: "application/json;as=Table;g=meta.k8s.io;v=v1" }],
])("a list as %s is whole, whatever its length", async (_, query, headers: Record<string, string>) => {
  const { body } = await api.call(`${NETWORK_SETS}${query}`, { headers });
  const { body: all } = await api.call(NETWORK_SETS);
  const items: { metadata?: { name: string }; object?: { metadata: { name: string } } }[] = body.items ?? body.rows;
  expect(items.map((item) => (item.object ?? item).metadata?.name)).toEqual(
    all.items.map((item: { metadata: { name: string } }) => item.metadata.name),
  );
  const { body: none } = await api.call("/apis/projectcalico.org/v3/tiers?fieldSelector=metadata.name%3Dnone", {
    headers,
  });
  expect(none.items ?? none.rows).toEqual([]);
});

test("a watch begins with a state larger than what may wait for a slow reader", async () => {
  const sets = "/apis/projectcalico.org/v3/globalnetworksets";
  const many = Array.from({ length: 100_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`);
  const names = ["a", "b", "c", "d", "e", "f"];
  for (const name of names)
    await post(sets, {
      apiVersion: "projectcalico.org/v3",
      kind: "GlobalNetworkSet",
      metadata: { name },
      spec: { nets: many },
    });
  const response = await api.open(`${sets}?watch=1&labelSelector=`);
  const told: string[] = [];
  for await (const line of createInterface({ input: response })) {
    const { type, object } = JSON.parse(line) as { type: string; object: KubeObject<{ nets: string[] }> };
    told.push(`${type} ${object.metadata.name} ${object.spec.nets.length}`);
    if (told.length === names.length) break;
  }
  response.on("error", () => undefined).destroy();
  expect(told).toEqual(names.map((name) => `ADDED ${name} 100000`));
});
