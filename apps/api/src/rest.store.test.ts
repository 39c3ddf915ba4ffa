import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAnyApi } from "./testdata/any-store-api.ts";
import { NETWORK_SETS, networkSet } from "./testdata/test-api.ts";
import type { CallOptions, TestApi } from "./testdata/test-api.ts";

let server: TestApi;
beforeAll(async () => {
  server = await startAnyApi();
});
afterAll(() => server.stop());

const post = (body: unknown, path = NETWORK_SETS, options: CallOptions = {}) =>
  server.call(path, { method: "POST", body, ...options });
const patchType = (type: string): CallOptions => ({ method: "PATCH", headers: { "content-type": type } });

interface WatchEvent {
  readonly type: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into objects of every shape
  readonly object: any;
}

/** The next `count` events of a watch, which is then cut. */
async function watch(path: string, count: number, meanwhile?: () => Promise<unknown>): Promise<WatchEvent[]> {
  const response = await server.open(path);
  const events: WatchEvent[] = [];
  await meanwhile?.();
  for await (const line of createInterface({ input: response })) {
    events.push(JSON.parse(line) as WatchEvent);
    if (events.length === count) break;
  }
  response.on("error", () => undefined);
  response.destroy();
  return events;
}

describe("who may", () => {
  test("an unknown token is a 401 Status", async () => {
    const { code, body, headers } = await server.call("/apis", { token: "percale_wrong" });
    expect({ code, reason: body.reason, kind: body.kind }).toEqual({
      code: 401,
      reason: "Unauthorized",
      kind: "Status",
    });
    expect(headers["www-authenticate"]).toContain("Bearer");
  });

  test("nobody is a 401, but health and version are open", async () => {
    expect((await server.call(NETWORK_SETS, { token: null })).code).toBe(401);
    for (const path of ["/livez", "/readyz", "/version"])
      expect((await server.call(path, { token: null })).code).toBe(200);
  });

  test("a viewer reads and does not write; a node writes its own only", async () => {
    const token = async (subject: string, group: string): Promise<string> => {
      const input = { subject, groups: [group] };
      const { body } = await server.call("/trpc/access.createToken", { method: "POST", body: input });
      return body.result.data.token as string;
    };
    const viewer = await token("eve", "percale:viewers");
    expect((await server.call(NETWORK_SETS, { token: viewer })).code).toBe(200);
    const refused = await post(networkSet("x"), NETWORK_SETS, { token: viewer });
    expect(refused).toMatchObject({ code: 403, body: { reason: "Forbidden" } });
    expect(refused.body.message).toContain('User "eve" cannot create resource "networksets"');

    const node = await token("system:node:n1", "system:nodes");
    const make = (name: string): Promise<{ code: number }> => {
      const object = { apiVersion: "projectcalico.org/v3", kind: "Node", metadata: { name }, spec: {} };
      return post(object, "/apis/projectcalico.org/v3/nodes", { token: node });
    };
    expect((await make("n1")).code).toBe(201);
    expect((await make("n2")).code).toBe(403);
    expect((await post(networkSet("x"), NETWORK_SETS, { token: node })).code).toBe(403);
  });
});

describe("writes", () => {
  test("create, read, update, delete; versions rise and guard", async () => {
    const created = await post(networkSet("one"));
    expect(created).toMatchObject({ code: 201, body: { metadata: { name: "one", generation: 1 } } });
    expect((await post(networkSet("one"))).body).toMatchObject({ code: 409, reason: "AlreadyExists" });
    const path = `${NETWORK_SETS}/one`;
    const stale = { ...created.body, metadata: { ...created.body.metadata, resourceVersion: "1" } };
    expect((await server.call(path, { method: "PUT", body: stale })).body).toMatchObject({
      code: 409,
      reason: "Conflict",
    });
    const none = { ...created.body, metadata: { name: "one" } };
    expect((await server.call(path, { method: "PUT", body: none })).body.details.causes[0].field).toBe(
      "metadata.resourceVersion",
    );
    const next = { ...created.body, spec: { nets: ["10.0.0.2"] } };
    const updated = await server.call(path, { method: "PUT", body: next });
    expect(updated.body.metadata.generation).toBe(2);
    expect(Number(updated.body.metadata.resourceVersion)).toBeGreaterThan(
      Number(created.body.metadata.resourceVersion),
    );
    const same = await server.call(path, { method: "PUT", body: updated.body });
    expect(same.body.metadata.resourceVersion).toBe(updated.body.metadata.resourceVersion);
    const wrongUid = { method: "DELETE", body: { preconditions: { uid: "other" } } };
    expect((await server.call(path, wrongUid)).code).toBe(409);
    expect((await server.call(path, { method: "DELETE" })).body).toMatchObject({
      status: "Success",
      details: { name: "one" },
    });
    expect((await server.call(path)).body).toMatchObject({ code: 404, reason: "NotFound" });
  });

  test("generateName, YAML, dry run, finalizers", async () => {
    const generated = await post(networkSet("", undefined, { name: undefined, generateName: "gen-" }));
    expect(generated.body.metadata.name).toMatch(/^gen-[a-z0-9]{5}$/);
    const yaml =
      "apiVersion: projectcalico.org/v3\nkind: NetworkSet\nmetadata: {name: yaml}\nspec: {nets: [10.0.0.1]}\n";
    expect((await post(yaml, NETWORK_SETS, { headers: { "content-type": "application/yaml" } })).code).toBe(201);
    expect((await post(networkSet("dry"), `${NETWORK_SETS}?dryRun=All`)).code).toBe(201);
    expect((await server.call(`${NETWORK_SETS}/dry`)).code).toBe(404);
    expect((await post(networkSet("dry"), `${NETWORK_SETS}?dryRun=Some`)).code).toBe(422);

    await post(networkSet("held", undefined, { finalizers: ["example.com/hold"] }));
    const path = `${NETWORK_SETS}/held`;
    expect((await server.call(path, { method: "DELETE" })).body.metadata.deletionTimestamp).toBeDefined();
    await server.call(path, { ...patchType("application/merge-patch+json"), body: { metadata: { finalizers: null } } });
    expect((await server.call(path)).code).toBe(404);
  });

  test("aliases of YAML do not make an object larger than a body may be", async () => {
    const yaml = `kind: NetworkSet\nmetadata:\n  name: laughs\n  managedFields: [&a { x: ${"y".repeat(900_000)} }${", *a".repeat(50)}]\n`;
    const headers = { "content-type": "application/yaml" };
    const { code, body } = await server.call(NETWORK_SETS, { method: "POST", body: yaml, headers });
    expect([code, body.message]).toEqual([
      422,
      "metadata.managedFields[3].x: holds more than 3145728 characters, with what comes before it",
    ]);
  });

  test("patches: merge, JSON, a failing test, unknown types", async () => {
    await post(networkSet("patched"));
    const path = `${NETWORK_SETS}/patched`;
    const patch = (type: string, body: unknown) => server.call(path, { ...patchType(type), body });
    const json = "application/json-patch+json";
    expect((await patch("application/merge-patch+json", { spec: { nets: ["10.0.0.9"] } })).body.spec.nets).toEqual([
      "10.0.0.9",
    ]);
    expect((await patch(json, [{ op: "test", path: "/spec/nets/0", value: "x" }])).code).toBe(422);
    expect((await patch(json, { no: "list" })).code).toBe(400);
    expect((await patch("application/strategic-merge-patch+json", {})).code).toBe(415);
    expect((await patch("text/plain", "x")).code).toBe(415);
  });

  test("a deletion without a body may name any type of it", async () => {
    await post(networkSet("typed"));
    const headers = { "content-type": "text/plain" };
    expect((await server.call(`${NETWORK_SETS}/typed`, { method: "DELETE", headers })).code).toBe(200);
  });

  test("what is said twice: Strict refuses, Warn says, Ignore is silent, and the last counts", async () => {
    const json = JSON.stringify(networkSet("twice")).replace('"spec":{', '"spec":{"nets":["10.0.0.9"],"nest":1,');
    const strict = await post(json, `${NETWORK_SETS}?fieldValidation=Strict`);
    expect([strict.code, strict.body.message]).toEqual([
      400,
      'strict decoding error: unknown field "spec.nest", duplicate field "spec.nets"',
    ]);
    expect((await post(json, `${NETWORK_SETS}?fieldValidation=Ignore&dryRun=All`)).headers["warning"]).toBeUndefined();
    const warned = await post(json);
    expect(warned.body.spec.nets).toEqual(["10.0.0.1"]);
    expect(warned.headers["warning"]).toContain(String.raw`299 - "duplicate field \"spec.nets\""`);
  });

  test("what is rehearsed has the version that it had, and everything else that the server would set", async () => {
    const { body: made } = await post(networkSet("rehearsed"), `${NETWORK_SETS}?dryRun=All`);
    expect([made.metadata.resourceVersion, made.metadata.generation, typeof made.metadata.uid]).toEqual([
      undefined,
      1,
      "string",
    ]);
    const { body: stored } = await post(networkSet("rehearsed"));
    const changed = { ...stored, spec: { nets: ["10.0.0.7"] } };
    const { body } = await server.call(`${NETWORK_SETS}/rehearsed?dryRun=All`, { method: "PUT", body: changed });
    expect([body.metadata.resourceVersion, body.metadata.generation]).toEqual([stored.metadata.resourceVersion, 2]);
    expect((await server.call(`${NETWORK_SETS}/rehearsed`)).body).toEqual(stored);
  });

  test("a deletion may say what becomes of dependents, in words that Kubernetes has for it", async () => {
    await post(networkSet("alone"));
    const remove = (body: object) => server.call(`${NETWORK_SETS}/alone`, { method: "DELETE", body });
    for (const body of [{ propagationPolicy: "Later" }, { propagationPolicy: "Orphan", orphanDependents: true }]) {
      const refused = await remove(body);
      expect([refused.code, refused.body.details.causes[0].field]).toEqual([422, "propagationPolicy"]);
    }
    expect((await remove({ propagationPolicy: "Foreground", gracePeriodSeconds: 0 })).code).toBe(200);
    expect((await server.call(`${NETWORK_SETS}/alone`)).code).toBe(404);
  });

  test("unknown fields: Strict refuses, Warn says, Ignore is silent", async () => {
    const body = networkSet("unknown", { nets: ["10.0.0.1"], nest: 1 });
    const at = (mode: string): string => `${NETWORK_SETS}?dryRun=All&fieldValidation=${mode}`;
    expect((await post(body, at("Strict"))).body.message).toContain('strict decoding error: unknown field "spec.nest"');
    expect((await post(body, at("Warn"))).headers["warning"]).toContain('unknown field \\"spec.nest\\"');
    expect((await post(body, at("Ignore"))).headers["warning"]).toBeUndefined();
  });

  test("a body at fault is told so, though there is nothing to replace with it", async () => {
    const put = (body: unknown) => server.call(`${NETWORK_SETS}/nowhere`, { method: "PUT", body });
    expect((await put("{")).code).toBe(400);
    expect((await put(networkSet("elsewhere"))).body.message).toContain("does not match the name");
    expect((await put({ ...networkSet("nowhere"), kind: { toString: 1 } })).code).toBe(400);
    expect((await put(networkSet("nowhere"))).code).toBe(404);
  });

  test("who may write nothing gets no change set read", async () => {
    const input = { subject: "watcher", groups: ["system:monitoring"] };
    const { body: made } = await server.call("/trpc/access.createToken", { method: "POST", body: input });
    const { token } = made.result.data;
    const body = "{";
    expect((await server.call("/changesets/v1", { method: "POST", body, token })).code).toBe(403);
  });

  test("what people may only read is a 405", async () => {
    const path = "/apis/projectcalico.org/v3/clusterinformations/default";
    expect((await server.call(path)).code).toBe(200);
    expect((await server.call(path, { method: "DELETE" })).code).toBe(405);
  });

  test("a change set is written whole or not at all", async () => {
    const changes = (second: object): object => ({
      reason: "test",
      changes: [
        { op: "create", object: networkSet("set-a") },
        { op: "create", object: second },
      ],
    });
    const refused = await post(changes(networkSet("set-b", { nets: ["nonsense"] })), "/changesets/v1");
    expect(refused.code).toBe(422);
    expect((await server.call(`${NETWORK_SETS}/set-a`)).code).toBe(404);
    const { code, body } = await post(changes(networkSet("set-b")), "/changesets/v1");
    expect({ code, names: body.objects.map((o: WatchEvent["object"]) => o.metadata.name) }).toEqual({
      code: 200,
      names: ["set-a", "set-b"],
    });
    expect(body.resourceVersion).toBe(body.objects[1].metadata.resourceVersion);
  });
});

describe("bad input", () => {
  test.each([
    ["not JSON", "{", 400, /not valid JSON/],
    ["another kind", { apiVersion: "projectcalico.org/v3", kind: "Tier", metadata: { name: "x" } }, 400, /NetworkSet/],
    ["an empty name", networkSet(""), 422, /metadata\.name/],
    ["a bad address", networkSet("bad", { nets: ["10.0.0.300"] }), 422, /spec\.nets\[0\]/],
    ["a list", [], 400, /one NetworkSet/],
    ["another namespace", networkSet("x", undefined, { namespace: "other" }), 400, /namespace/],
  ])("%s", async (_, body, code, message) => {
    const answer = await post(body);
    expect({ code: answer.code, kind: answer.body.kind }).toEqual({ code, kind: "Status" });
    expect(answer.body.message).toMatch(message);
  });

  test("a 10 MB body is a 413 that names the limit", async () => {
    const { code, body } = await post("x".repeat(10 * 1024 * 1024));
    expect({ code, reason: body.reason }).toEqual({ code: 413, reason: "RequestEntityTooLarge" });
    expect(body.message).toContain("3145728");
  });

  test("overlapping pools and a tier in use are refused with the other's name", async () => {
    const pools = "/apis/projectcalico.org/v3/ippools";
    const pool = (name: string, cidr: string): object => ({
      apiVersion: "projectcalico.org/v3",
      kind: "IPPool",
      metadata: { name },
      spec: { cidr },
    });
    expect((await post(pool("a", "10.64.0.0/16"), pools)).code).toBe(201);
    const second = await post(pool("b", "10.64.128.0/17"), pools);
    expect(second.code).toBe(422);
    expect(second.body.message).toMatch(/spec\.cidr.*a/);
    const tier = await server.call("/apis/projectcalico.org/v3/tiers/default", { method: "DELETE" });
    expect(tier.code).toBe(403);
  });

  test.each([
    ["labelSelector=a%20in%20(", 400, /labelSelector/],
    ["fieldSelector=spec.x%3D1", 400, /field label not supported: spec\.x/],
    ["resourceVersion=abc", 400, /resourceVersion/],
    ["limit=-1", 400, /limit/],
    ["continue=zzz", 400, /continue/],
    ["resourceVersion=99999999", 504, /Too large resource version/],
  ])("list with ?%s", async (query, code, message) => {
    const answer = await server.call(`${NETWORK_SETS}?${query}`);
    expect(answer.code).toBe(code);
    expect(answer.body.message).toMatch(message);
  });

  test("protobuf alone is a 406, a path of nobody a 404, a method of nobody a 405", async () => {
    const headers = { accept: "application/vnd.kubernetes.protobuf" };
    expect((await server.call(NETWORK_SETS, { headers })).code).toBe(406);
    expect((await server.call("/apis/projectcalico.org/v3/nothings")).code).toBe(404);
    expect((await server.call("/apis/projectcalico.org/v3/namespaces/%zz/networksets")).code).toBe(404);
    expect((await server.call(NETWORK_SETS, { method: "PUT", body: {} })).code).toBe(405);
  });

  test("labels called like built-in properties are labels", async () => {
    const labels = { constructor: "a", toString: "b" };
    expect((await post(networkSet("proto", undefined, { labels }))).code).toBe(201);
    const { body } = await server.call(`${NETWORK_SETS}?labelSelector=constructor%3Da`);
    expect(body.items.map((item: WatchEvent["object"]) => item.metadata.name)).toEqual(["proto"]);
    expect((await server.call(`${NETWORK_SETS}?labelSelector=hasOwnProperty`)).body.items).toEqual([]);
  });
});

describe("lists and watches", () => {
  const all = "/apis/projectcalico.org/v3/namespaces/paged/networksets";
  const create = (name: string, metadata: object = {}) =>
    post(networkSet(name, undefined, { namespace: "paged", ...metadata }), all);

  test("pages show the state of the first page", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) await create(name);
    const first = await server.call(`${all}?limit=2`);
    expect(first.body.metadata.remainingItemCount).toBe(3);
    await create("bb");
    await server.call(`${all}/e`, { method: "DELETE" });
    const names = first.body.items.map((item: WatchEvent["object"]) => item.metadata.name) as string[];
    for (let token = first.body.metadata.continue as string | undefined; token !== undefined;) {
      const { body } = await server.call(`${all}?limit=2&continue=${encodeURIComponent(token)}`);
      names.push(...body.items.map((item: WatchEvent["object"]) => item.metadata.name));
      expect(body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
      token = body.metadata.continue;
    }
    expect(names).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("a watch with a selector turns transitions into ADDED and DELETED", async () => {
    const { body } = await server.call(all);
    const at = body.metadata.resourceVersion as string;
    const label = (labels: object) =>
      server.call(`${all}/a`, { ...patchType("application/merge-patch+json"), body: { metadata: { labels } } });
    await label({ role: "web" });
    await label({ role: "web", x: "1" });
    const last = await label({ role: null });
    const events = await watch(`${all}?watch=1&resourceVersion=${at}&labelSelector=role%3Dweb`, 3);
    expect(events.map(({ type }) => type)).toEqual(["ADDED", "MODIFIED", "DELETED"]);
    expect(events[2]!.object.metadata.labels).toEqual({ role: "web", x: "1" });
    expect(events[2]!.object.metadata.resourceVersion).toBe(last.body.metadata.resourceVersion);
  });

  test("sendInitialEvents ends with its bookmark, then come changes", async () => {
    const query =
      "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Db";
    const events = await watch(`${all}?${query}`, 3, () =>
      server.call(`${all}/b`, {
        ...patchType("application/merge-patch+json"),
        body: { metadata: { labels: { n: "1" } } },
      }),
    );
    expect(events.map(({ type }) => type)).toEqual(["ADDED", "BOOKMARK", "MODIFIED"]);
    expect(events[1]!.object.metadata.annotations).toEqual({ "k8s.io/initial-events-end": "true" });
    expect((await server.call(`${all}?watch=1&sendInitialEvents=true`)).code).toBe(422);
  });

  test("timeoutSeconds ends a watch cleanly", async () => {
    const response = await server.open(`${all}?watch=1&timeoutSeconds=1&resourceVersion=0`);
    const lines: string[] = [];
    for await (const line of createInterface({ input: response })) lines.push(line);
    expect(lines.length).toBeGreaterThan(0);
    expect(response.complete).toBe(true);
  });

  test("a watch that ends by its time says before how far it came, for a selector that let nothing through", async () => {
    const { body: list } = await server.call(all);
    const query = `watch=1&timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=${list.metadata.resourceVersion}`;
    const response = await server.open(`${all}?${query}&labelSelector=no%3Dsuch`);
    const { body: made } = await post(networkSet("unseen", undefined, { namespace: "paged" }), all);
    const lines: string[] = [];
    for await (const line of createInterface({ input: response })) lines.push(line);
    expect(JSON.parse(lines.at(-1)!)).toEqual({
      type: "BOOKMARK",
      object: {
        apiVersion: "projectcalico.org/v3",
        kind: "NetworkSet",
        metadata: { resourceVersion: made.metadata.resourceVersion },
      },
    });
    await server.call(`${all}/unseen`, { method: "DELETE" });
  });

  test("metadata-only watches have bookmarks of their form", async () => {
    const accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    const query =
      "watch=1&timeoutSeconds=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    const response = await server.open(`${all}?${query}`, { headers: { accept } });
    const lines: string[] = [];
    for await (const line of createInterface({ input: response })) lines.push(line);
    const events = lines.map((line) => JSON.parse(line) as WatchEvent);
    expect(new Set(events.map(({ object }) => object.kind))).toEqual(new Set(["PartialObjectMetadata"]));
    expect(events.at(-1)?.object.metadata.annotations).toEqual({ "k8s.io/initial-events-end": "true" });
  });

  test("deletecollection takes a selector", async () => {
    await server.call(`${all}?labelSelector=n%3D1`, { method: "DELETE" });
    expect((await server.call(`${all}/b`)).code).toBe(404);
    expect((await server.call(`${all}/c`)).code).toBe(200);
  });

  test("tables and metadata-only forms", async () => {
    const table = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
    const { body } = await server.call(all, { headers: table });
    expect(body).toMatchObject({ kind: "Table", columnDefinitions: [{ name: "Name" }, { name: "Age" }] });
    expect(body.rows[0].object.kind).toBe("PartialObjectMetadata");
    const partial = { accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io" };
    const list = await server.call(all, { headers: partial });
    expect(list.body.kind).toBe("PartialObjectMetadataList");
    expect(list.body.items[0].spec).toBeUndefined();
  });
});

describe("documents", () => {
  test("OpenAPI answers 304 to its own tag and leads a wrong hash to the right one", async () => {
    const path = "/openapi/v3/apis/projectcalico.org/v3";
    const { headers, body } = await server.call(path);
    expect(Object.keys(body.components.schemas)).toContain(
      "com.github.projectcalico.api.pkg.apis.projectcalico.v3.NetworkPolicy",
    );
    for (const tag of [headers.etag!, `"x", W/${headers.etag}`, "*"])
      expect((await server.call(path, { headers: { "if-none-match": tag } })).code).toBe(304);
    expect((await server.call(path, { headers: { "if-none-match": '"x"' } })).code).toBe(200);
    expect((await server.call(`${path}?hash=X`)).code).toBe(301);
  });

  test("aggregated discovery is marked as such", async () => {
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    const { headers, body } = await server.call("/apis", { headers: { accept } });
    expect(headers["content-type"]).toBe(accept);
    expect(body.kind).toBe("APIGroupDiscoveryList");
  });

  test("metrics count requests", async () => {
    expect((await server.call("/metrics")).body).toContain("percale_api_request_seconds_count");
  });
});
