import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAnyApi } from "./testdata/any-store-api.ts";
import type { TestApi } from "./testdata/any-store-api.ts";
import type { Answer } from "./testdata/test-api.ts";

let server: TestApi;
beforeAll(async () => {
  server = await startAnyApi();
});
afterAll(() => server.stop());

const SETS = "/apis/projectcalico.org/v3/namespaces/default/networksets";
const OBJECT = { apiVersion: "projectcalico.org/v3", kind: "NetworkSet" };
const at = (name: string): string => `${SETS}/${name}`;

interface Wish {
  readonly manager?: string;
  readonly query?: string;
  readonly [part: string]: unknown;
}

function apply(name: string, { manager = "ann", query = "", ...parts }: Wish): Promise<Answer> {
  const body = { ...OBJECT, metadata: { name }, ...parts };
  const headers = { "content-type": "application/apply-patch+yaml" };
  return server.call(`${at(name)}?fieldManager=${manager}${query}`, { method: "PATCH", headers, body });
}

function merge(name: string, body: unknown, manager = "mona"): Promise<Answer> {
  const headers = { "content-type": "application/merge-patch+json" };
  return server.call(`${at(name)}?fieldManager=${manager}`, { method: "PATCH", headers, body });
}

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly fieldsV1: unknown;
}

/** Who owns what, by operation and manager. */
async function ownersOf(name: string): Promise<Record<string, unknown>> {
  const { body } = await server.call(at(name));
  const entries = (body.metadata.managedFields ?? []) as readonly Entry[];
  return Object.fromEntries(entries.map(({ operation, manager, fieldsV1 }) => [`${operation} ${manager}`, fieldsV1]));
}

/** Nets are a set: each is owned by itself. */
const NETS = { "f:spec": { "f:nets": { 'v:"10.0.0.1"': {} } } };
const labelled = (name: string, a: string): Wish => ({ metadata: { name, labels: { a } } });
const LABEL = { "f:metadata": { "f:labels": { "f:a": {} } } };
const ALL = { "f:spec": { ".": {}, "f:nets": { ".": {}, 'v:"10.0.0.1"': {} } } };

describe("an apply", () => {
  test("creates what is not there, and owns what it says", async () => {
    const made = await apply("made", { spec: { nets: ["10.0.0.1"] } });
    expect([made.code, made.body.metadata.generation]).toEqual([201, 1]);
    const { time, ...entry } = made.body.metadata.managedFields[0];
    expect(entry).toEqual({
      manager: "ann",
      operation: "Apply",
      apiVersion: "projectcalico.org/v3",
      fieldsType: "FieldsV1",
      fieldsV1: NETS,
    });
    expect(time).toBe(made.body.metadata.creationTimestamp);
  });

  test("that changes nothing leaves the version as it is", async () => {
    const made = await apply("same", { spec: { nets: ["10.0.0.1"] } });
    const again = await apply("same", { spec: { nets: ["10.0.0.1"] } });
    expect([again.code, again.body]).toEqual([200, made.body]);
  });

  test("shares what it says the same, and meets a conflict where it does not", async () => {
    await apply("shared", { spec: { nets: ["10.0.0.1"] }, metadata: { name: "shared", labels: { a: "1", b: "1" } } });
    await apply("shared", { manager: "ben", metadata: { name: "shared", labels: { a: "1" } } });
    expect(await ownersOf("shared")).toEqual({
      "Apply ann": { "f:metadata": { "f:labels": { "f:a": {}, "f:b": {} } }, ...NETS },
      "Apply ben": { "f:metadata": { "f:labels": { "f:a": {} } } },
    });
    const refused = await apply("shared", {
      manager: "cleo",
      metadata: { name: "shared", labels: { a: "2", b: "2" } },
    });
    expect([refused.code, refused.body.reason, refused.body.message]).toEqual([
      409,
      "Conflict",
      'Apply failed with 3 conflicts: conflicts with "ann":\n- .metadata.labels.a\n- .metadata.labels.b\nconflicts with "ben":\n- .metadata.labels.a',
    ]);
    expect(refused.body.details.causes[0]).toEqual({
      reason: "FieldManagerConflict",
      message: 'conflict with "ann"',
      field: ".metadata.labels.a",
    });
  });

  test("by force takes what others own", async () => {
    await apply("forced", labelled("forced", "1"));
    const taken = await apply("forced", { manager: "ben", query: "&force=true", ...labelled("forced", "2") });
    expect([taken.code, taken.body.metadata.labels]).toEqual([200, { a: "2" }]);
    expect(await ownersOf("forced")).toEqual({ "Apply ben": LABEL });
  });

  test("adds to a set what it says, and takes out what was its own alone", async () => {
    await apply("set", { spec: { nets: ["10.0.0.1", "10.0.0.2"] } });
    await apply("set", { manager: "ben", spec: { nets: ["10.0.0.2", "10.0.0.3"] } });
    const { body } = await apply("set", { spec: { nets: ["10.0.0.1"] } });
    expect(body.spec.nets).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    expect((await apply("set", { manager: "ben", spec: { nets: ["10.0.0.3"] } })).body.spec.nets).toEqual([
      "10.0.0.1",
      "10.0.0.3",
    ]);
  });

  test("removes what its manager no longer says, unless somebody else owns it", async () => {
    await apply("dropped", {
      metadata: { name: "dropped", labels: { mine: "1", ours: "1" } },
      spec: { nets: ["10.0.0.1"] },
    });
    await apply("dropped", { manager: "ben", metadata: { name: "dropped", labels: { ours: "1" } } });
    const { body } = await apply("dropped", {});
    expect([body.metadata.labels, body.spec.nets ?? []]).toEqual([{ ours: "1" }, []]);
  });

  test("rehearsed it answers as if, and stores nothing", async () => {
    const dry = await apply("dry", { query: "&dryRun=All", spec: { nets: ["10.0.0.1"] } });
    expect([dry.code, dry.body.metadata.managedFields[0].fieldsV1]).toEqual([201, NETS]);
    expect((await server.call(at("dry"))).code).toBe(404);
  });

  test("is checked as any write", async () => {
    const wrong = await apply("wrong", { spec: { nets: ["no net"] } });
    expect([wrong.code, wrong.body.details.causes[0].field]).toEqual([422, "spec.nets[0]"]);
    const unknown = await apply("wrong", { query: "&fieldValidation=Strict", spec: { net: [] } });
    expect([unknown.code, unknown.body.message]).toEqual([400, 'strict decoding error: unknown field "spec.net"']);
  });

  test.each([
    [
      "no manager",
      at("bad"),
      { apiVersion: "projectcalico.org/v3", kind: "NetworkSet" },
      422,
      /fieldManager.*required/,
    ],
    ["no kind", `${at("bad")}?fieldManager=a`, { metadata: { name: "bad" } }, 400, /apiVersion and kind/],
    [
      "owners of its own",
      `${at("bad")}?fieldManager=a`,
      { ...OBJECT, metadata: { name: "bad", managedFields: [{}] } },
      400,
      /managedFields must be nil/,
    ],
    [
      "another name",
      `${at("bad")}?fieldManager=a`,
      { ...OBJECT, metadata: { name: "good" } },
      400,
      /name of the object/,
    ],
    ["a manager without end", `${at("bad")}?fieldManager=${"a".repeat(129)}`, OBJECT, 422, /at most 128/],
  ])("with %s is refused", async (_, path, body, code, message) => {
    const headers = { "content-type": "application/apply-patch+yaml" };
    const answer = await server.call(path, { method: "PATCH", headers, body });
    expect([answer.code, answer.body.message]).toEqual([code, expect.stringMatching(message)]);
  });

  test("force is for applies alone", async () => {
    await apply("merged", { spec: { nets: ["10.0.0.1"] } });
    const headers = { "content-type": "application/merge-patch+json" };
    const refused = await server.call(`${at("merged")}?force=true`, { method: "PATCH", headers, body: {} });
    expect([refused.code, refused.body.details.causes[0].field]).toEqual([422, "force"]);
  });

  test("in YAML is one too", async () => {
    const yaml =
      "apiVersion: projectcalico.org/v3\nkind: NetworkSet\nmetadata: {name: yaml}\nspec: {nets: [10.0.0.1]}\n";
    const headers = { "content-type": "application/apply-patch+yaml" };
    const made = await server.call(`${at("yaml")}?fieldManager=ann`, { method: "PATCH", headers, body: yaml });
    expect([made.code, made.body.spec.nets]).toEqual([201, ["10.0.0.1"]]);
  });
});

describe("Kubernetes' own kinds", () => {
  const SERVICE = "/api/v1/namespaces/default/services/web";
  const patch = (type: string, body: unknown, manager: string) => {
    const headers = { "content-type": `application/${type}` };
    return server.call(`${SERVICE}?fieldManager=${manager}`, { method: "PATCH", headers, body });
  };
  const port = (number: number) => ({ name: `p${number}`, port: number, protocol: "TCP" });
  const portsOf = ({ body }: Answer): number[] => body.spec.ports.map(({ port: number }: { port: number }) => number);

  test("lists are merged by the keys of their schema, by applies and by strategic merge patches", async () => {
    const wish = (...ports: number[]) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { ports: ports.map(port) },
    });
    const made = await patch("apply-patch+yaml", wish(80), "ann");
    expect([made.code, portsOf(made)]).toEqual([201, [80]]);
    expect(portsOf(await patch("apply-patch+yaml", wish(443), "ben"))).toEqual([80, 443]);
    const added = await patch("strategic-merge-patch+json", { spec: { ports: [port(8080)] } }, "cleo");
    expect([added.code, portsOf(added)]).toEqual([200, [80, 443, 8080]]);
    expect(portsOf(await patch("apply-patch+yaml", wish(81), "ann"))).toEqual([443, 8080, 81]);
    const gone = { spec: { ports: [{ port: 443, $patch: "delete" }] } };
    expect(portsOf(await patch("strategic-merge-patch+json", gone, "cleo"))).toEqual([8080, 81]);
  });

  test("a kind that shares its name with one of ours is applied under its own address", async () => {
    const path = "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies/all";
    const body = {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "all" },
      spec: { podSelector: {} },
    };
    const headers = { "content-type": "application/apply-patch+yaml" };
    const made = await server.call(`${path}?fieldManager=ann`, { method: "PATCH", headers, body });
    expect([made.code, made.body.kind, made.body.metadata.managedFields[0].fieldsV1]).toEqual([
      201,
      "NetworkPolicy",
      { "f:spec": { "f:podSelector": {} } },
    ]);
    expect((await server.call(`${path}?fieldManager=ann`, { method: "PATCH", headers, body })).body).toEqual(made.body);
  });
});

describe("other writes", () => {
  test("own under Update what they set; the name is the query's or the user agent's", async () => {
    const body = { ...OBJECT, metadata: { name: "posted" }, spec: { nets: ["10.0.0.1"] } };
    const headers = { "user-agent": "kubectl/v1.33 (linux/amd64)", "content-type": "application/json" };
    await server.call(SETS, { method: "POST", headers, body });
    expect(await ownersOf("posted")).toEqual({ "Update kubectl": ALL });
    await merge("posted", { metadata: { labels: { a: "1" } } });
    const labels = { "f:metadata": { "f:labels": { ".": {}, "f:a": {} } } };
    expect(await ownersOf("posted")).toEqual({ "Update kubectl": ALL, "Update mona": labels });
    await merge("posted", { spec: { nets: ["10.0.0.2"] } });
    expect(await ownersOf("posted")).toEqual({
      "Update kubectl": { "f:spec": { ".": {}, "f:nets": {} } },
      "Update mona": { ...labels, "f:spec": { "f:nets": { 'v:"10.0.0.2"': {} } } },
    });
  });

  test("take what an apply owned, which then meets the conflict", async () => {
    await apply("taken", labelled("taken", "1"));
    await merge("taken", { metadata: { labels: { a: "2" } } });
    const refused = await apply("taken", labelled("taken", "1"));
    expect(refused.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "mona" using projectcalico.org/v3: .metadata.labels.a',
    );
  });

  test("in a change set are those of who sent it, and of nobody if an agent did", async () => {
    const send = (name: string, token = server.token) => {
      const object = { ...OBJECT, metadata: { name, namespace: "default" }, spec: { nets: ["10.0.0.1"] } };
      return server.call("/changesets/v1", { method: "POST", token, body: { changes: [{ op: "create", object }] } });
    };
    expect((await send("by-cli")).body.objects[0].metadata).not.toHaveProperty("managedFields");
    expect(await ownersOf("by-cli")).toEqual({ "Update percale": ALL });
    const node = { subject: "system:node:n1", groups: ["system:nodes"] };
    const { body } = await server.call("/trpc/access.createToken", { method: "POST", body: node });
    const object = { kind: "Node", apiVersion: "projectcalico.org/v3", metadata: { name: "n1" }, spec: {} };
    const changes = [{ op: "create", object }];
    const made = await server.call("/changesets/v1", {
      method: "POST",
      token: body.result.data.token,
      body: { changes },
    });
    expect(made.code).toBe(200);
    const { body: stored } = await server.call("/apis/projectcalico.org/v3/nodes/n1");
    expect(stored.metadata).not.toHaveProperty("managedFields");
  });

  test("may hand over owners, and an empty list ends them: who applies then finds what was before", async () => {
    await apply("handed", { spec: { nets: ["10.0.0.1"] } });
    const { body } = await server.call(at("handed"));
    const [entry] = body.metadata.managedFields;
    await server.call(at("handed"), {
      method: "PATCH",
      headers: { "content-type": "application/json-patch+json" },
      body: [{ op: "replace", path: "/metadata/managedFields", value: [{ ...entry, manager: "heir" }] }],
    });
    expect(await ownersOf("handed")).toEqual({ "Apply heir": NETS });
    await merge("handed", { metadata: { managedFields: [{}] } });
    expect(await ownersOf("handed")).toEqual({});
    await apply("handed", { spec: { nets: ["10.0.0.1"] } });
    expect(await ownersOf("handed")).toEqual({
      "Apply ann": NETS,
      "Update before-first-apply": ALL,
    });
  });

  test("with what they read in them leave the owners alone", async () => {
    const made = await apply("read", { spec: { nets: ["10.0.0.1"] } });
    const body = { ...made.body, metadata: { ...made.body.metadata, labels: { a: "1" } } };
    await server.call(`${at("read")}?fieldManager=ben`, { method: "PUT", body });
    expect(await ownersOf("read")).toEqual({
      "Apply ann": NETS,
      "Update ben": { "f:metadata": { "f:labels": { ".": {}, "f:a": {} } } },
    });
  });

  test("owners that cannot be read are refused, each with its place", async () => {
    await apply("unread", { spec: { nets: ["10.0.0.1"] } });
    const { body } = await merge("unread", { metadata: { managedFields: [{ manager: "x", operation: "Own" }] } });
    expect(body.details.causes[0].field).toBe("metadata.managedFields[0].operation");
  });
});

describe("status", () => {
  const PATH = "/apis/projectcalico.org/v3/caliconodestatuses/node-1";
  const object = { apiVersion: "projectcalico.org/v3", kind: "CalicoNodeStatus", metadata: { name: "node-1" } };
  const spec = { node: "node-1", classes: ["Agent"], updatePeriodSeconds: 10 };
  const status = { lastUpdated: "2026-01-01T00:00:00Z" };
  const apply = (path: string, manager: string, parts: object): Promise<Answer> => {
    const headers = { "content-type": "application/apply-patch+yaml" };
    return server.call(`${path}?fieldManager=${manager}`, { method: "PATCH", headers, body: { ...object, ...parts } });
  };

  test("is applied by itself, and is no part of what is applied to the object", async () => {
    expect((await apply(PATH, "ann", { spec, status })).body.status).toBeUndefined();
    const told = await apply(`${PATH}/status`, "agent", { spec: { ...spec, node: "node-2" }, status });
    expect([told.code, told.body.spec.node, told.body.status]).toEqual([200, "node-1", status]);
    const entries = told.body.metadata.managedFields as { manager: string; subresource?: string; fieldsV1: object }[];
    expect(entries.map(({ manager, subresource, fieldsV1 }) => [manager, subresource, Object.keys(fieldsV1)])).toEqual([
      ["ann", undefined, ["f:spec"]],
      ["agent", "status", ["f:status"]],
    ]);
    const again = await apply(PATH, "ann", { spec });
    expect(again.body).toEqual(told.body);
  });

  test("is checked as strictly as is asked", async () => {
    await apply(PATH, "ann", { spec });
    const { body } = await server.call(PATH);
    const put = (query: string) =>
      server.call(`${PATH}/status${query}`, { method: "PUT", body: { ...body, status: { ...status, mood: "good" } } });
    expect((await put("?fieldValidation=Strict")).body.message).toBe(
      'strict decoding error: unknown field "status.mood"',
    );
    expect((await put("?dryRun=All")).headers["warning"]).toBe(String.raw`299 - "unknown field \"status.mood\""`);
    const wrong = { ...body, status: { lastUpdated: 5 } };
    expect((await server.call(`${PATH}/status`, { method: "PUT", body: wrong })).code).toBe(400);
  });

  test("of a missing object cannot be applied", async () => {
    const missing = PATH.replace("node-1", "none");
    const headers = { "content-type": "application/apply-patch+yaml" };
    const body = { ...object, metadata: { name: "none" }, status };
    expect((await server.call(`${missing}/status?fieldManager=a`, { method: "PATCH", headers, body })).code).toBe(404);
  });
});

describe("owners", () => {
  test("are shown by get, list and watch, whole and as metadata, and to nobody else", async () => {
    await apply("shown", { spec: { nets: ["10.0.0.1"] } });
    const partial = { accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" };
    for (const headers of [{}, partial])
      expect((await server.call(at("shown"), { headers })).body.metadata.managedFields[0].fieldsV1).toEqual(NETS);
    const { body } = await server.call(`${SETS}?fieldSelector=metadata.name=shown&pretty=true`);
    expect(body.items[0].metadata.managedFields[0].fieldsV1).toEqual(NETS);
    const input = encodeURIComponent(JSON.stringify({ kind: "NetworkSet", namespace: "default", name: "shown" }));
    const seen = await server.call(`/trpc/objects.get?input=${input}`);
    expect(seen.body.result.data.metadata).not.toHaveProperty("managedFields");
  });
});
