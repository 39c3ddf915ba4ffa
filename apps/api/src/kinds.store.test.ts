import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { definitionOf, ownForm, prepareObject, resourceDefinitions } from "@percale/resources";
import type { JsonSchema, KubeObject } from "@percale/resources";
import { CORE_SCHEMA, loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rootOf } from "./rest/route.ts";
import { startAnyApi } from "./testdata/any-store-api.ts";
import type { TestApi } from "./testdata/any-store-api.ts";

const folder = resolve(import.meta.dirname, "../../../docs/examples");

interface Example {
  readonly name: string;
  readonly object: KubeObject;
}

/** In the order in which `kubectl apply -f` takes them: by name of the file. */
function examplesIn(path: string): readonly Example[] {
  const files = readdirSync(path).filter((name) => name.endsWith(".yaml"));
  return files.sort().flatMap((file) =>
    loadAll(readFileSync(join(path, file), "utf8"), { schema: CORE_SCHEMA }).map((document) => {
      const object = document as KubeObject;
      return { name: `${basename(file, ".yaml")} ${object.metadata.name}`, object };
    }),
  );
}

const people = examplesIn(folder);
const system = examplesIn(join(folder, "system"));
const kindOf = ({ object }: Example): string => ownForm(object).kind;

function pathOf({ object }: Example): string {
  const definition = definitionOf(ownForm(object).kind)!;
  const { namespace } = object.metadata;
  const scope = namespace === undefined ? "" : `/namespaces/${namespace}`;
  return `${rootOf(definition)}${scope}/${definition.servedPlural}`;
}

describe("the examples", () => {
  test("are of every kind, and say what people write apart from what the system does", () => {
    const kindsOf = (examples: readonly Example[]): string[] => [...new Set(examples.map(kindOf))].sort();
    const areSystems = Map.groupBy(resourceDefinitions, ({ internal, readOnly }) => internal || readOnly);
    const kinds = (isSystems: boolean): string[] =>
      areSystems
        .get(isSystems)!
        .map(({ kind }) => kind)
        .sort();
    expect([kindsOf(people), kindsOf(system)]).toEqual([kinds(false), kinds(true)]);
  });

  test.each([...people, ...system])("$name is admitted, with no field that the kind does not have", ({ object }) => {
    const options = { operation: "create", fieldValidation: "Strict" } as const;
    expect(prepareObject(definitionOf(ownForm(object).kind)!, object, options)).not.toHaveProperty("issues");
  });
});

describe("over the API", () => {
  let server: TestApi;
  beforeAll(async () => {
    server = await startAnyApi();
  });
  afterAll(() => server.stop());

  test("each can be applied, and comes back as it was sent, under its group's name of its kind", async () => {
    for (const example of people) {
      const { object } = example;
      const { code, body } = await server.call(`${pathOf(example)}?fieldValidation=Strict`, {
        method: "POST",
        body: object,
      });
      if (code === 409) {
        // Built in: what is applied is a change of it.
        const path = `${pathOf(example)}/${object.metadata.name}?fieldValidation=Strict`;
        const headers = { "content-type": "application/merge-patch+json" };
        const changed = await server.call(path, { method: "PATCH", body: object, headers });
        expect({ name: example.name, code: changed.code, body: changed.body }).toMatchObject({ code: 200 });
      } else expect({ name: example.name, code, body }).toMatchObject({ code: 201 });
      const read = await server.call(`${pathOf(example)}/${object.metadata.name}`);
      expect(read.body).toMatchObject({ apiVersion: object.apiVersion, kind: object.kind });
      expect(Object.keys(read.body as object).sort()).toEqual(expect.arrayContaining(Object.keys(object).sort()));
    }
  }, 60_000);

  test("a list of each says its group's name, and its table has the kind's columns", async () => {
    for (const definition of resourceDefinitions) {
      const path = `${rootOf(definition)}/${definition.servedPlural}`;
      const list = await server.call(path);
      expect(list.body).toMatchObject({ kind: definition.listKind, apiVersion: definition.apiVersion });
      for (const item of (list.body as { items: KubeObject[] }).items) expect(item.kind).toBe(definition.servedKind);
      const table = await server.call(path, { headers: { accept: "application/json;as=Table;g=meta.k8s.io;v=v1" } });
      const { columnDefinitions } = table.body as { columnDefinitions: { name: string }[] };
      expect(columnDefinitions.map(({ name }) => name)).toEqual(definition.columns.map(({ name }) => name));
    }
  });

  test("a watch, a deletion and its refusal say it too", async () => {
    const path = "/apis/networking.k8s.io/v1/namespaces/production/networkpolicies";
    const gone = await server.call(`${path}/test-network-policy`, { method: "DELETE" });
    expect(gone.body).toMatchObject({
      status: "Success",
      details: { group: "networking.k8s.io", kind: "networkpolicies" },
    });
    const missing = await server.call(`${path}/test-network-policy`);
    expect(missing.body.message).toBe('networkpolicies.networking.k8s.io "test-network-policy" not found');
  });

  test("every field of every example is explained by the document of its group", async () => {
    const documents = new Map<string, Readonly<Record<string, JsonSchema>>>();
    for (const example of people) {
      const definition = definitionOf(kindOf(example))!;
      const root = rootOf(definition);
      if (!documents.has(root)) {
        const { body } = await server.call(`/openapi/v3${root}`);
        documents.set(root, (body as { components: { schemas: Record<string, JsonSchema> } }).components.schemas);
      }
      const { group, version, servedKind: kind } = definition;
      const schema = Object.values(documents.get(root)!).find((one) => {
        const [first] = (one["x-kubernetes-group-version-kind"] ?? []) as readonly object[];
        return JSON.stringify(first) === JSON.stringify({ group, version, kind });
      });
      const { metadata: _, ...fields } = example.object;
      expect([example.name, unexplained(fields, schema!, "")]).toEqual([example.name, []]);
    }
  });
});

/** Paths of fields that no description is found for. */
function unexplained(value: unknown, schema: JsonSchema, path: string): string[] {
  if (Array.isArray(value))
    return value.flatMap((item) => unexplained(item, (schema["items"] ?? {}) as JsonSchema, `${path}[]`));
  if (typeof value !== "object" || value === null) return [];
  const properties = schema["properties"] as Readonly<Record<string, JsonSchema>> | undefined;
  if (properties === undefined) return []; // a map: its keys are data
  return Object.entries(value).flatMap(([name, inner]) => {
    const field = properties[name];
    if (typeof field?.["description"] !== "string") return [`${path}.${name}`];
    return unexplained(inner, field, `${path}.${name}`);
  });
}
