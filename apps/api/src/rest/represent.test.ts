import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { API_VERSION, definitionOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { negotiate, renderList, renderObject, renderTable } from "./represent.ts";
import type { ListPage, Representation } from "./represent.ts";

const definition = definitionOf("GlobalNetworkSet")!;
const setOf = (name: string): KubeObject => ({
  apiVersion: API_VERSION,
  kind: "GlobalNetworkSet",
  metadata: { name, resourceVersion: "7" },
  spec: { nets: ["10.0.0.1"] },
});
const [a, b] = [setOf("a"), setOf("b")];
const partial = (object: KubeObject) => ({
  kind: "PartialObjectMetadata",
  apiVersion: "meta.k8s.io/v1",
  metadata: object.metadata,
});
/** Two columns, the second of which has a format of its own. */
const columns = [
  { name: "Name", type: "string", description: "its name", priority: 0, shows: { field: "metadata.name" } },
  {
    name: "Nets",
    type: "integer",
    format: "int32",
    description: "how many",
    priority: 1,
    shows: { field: "spec.nets.length" },
  },
] as unknown as typeof definition.columns;
const columnDefinitions = [
  { name: "Name", type: "string", format: "", description: "its name", priority: 0 },
  { name: "Nets", type: "integer", format: "int32", description: "how many", priority: 1 },
];

const asked = (accept: string | undefined, query = ""): Representation =>
  negotiate({ headers: accept === undefined ? {} : { accept } } as IncomingMessage, new URLSearchParams(query));
const how = (form: Representation["form"], rest: Partial<Representation> = {}): Representation => ({
  form,
  apiVersion: "meta.k8s.io/v1",
  include: "Metadata",
  pretty: false,
  ...rest,
});

test.each<[accept: string | undefined, query: string, represented: Representation]>([
  [undefined, "", how("object")],
  ["*/*", "pretty=true", how("object", { pretty: true })],
  ["application/*", "pretty=1", how("object", { pretty: true })],
  ["application/json", "pretty=false", how("object")],
  ["application/json", "", how("object")],
  ["application/vnd.kubernetes.protobuf, application/json", "", how("object")],
  ["application/json;as=Table;v=v1;g=meta.k8s.io", "", how("table")],
  ["application/json; as=Table , application/json", "includeObject=None", how("table", { include: "None" })],
  ["application/json;as=Table", "includeObject=Object&pretty=true", how("table", { include: "Object", pretty: true })],
  ["application/json;as=Table", "includeObject=All", how("table")],
  ["application/json;as=Table;v=v1beta1;g=meta.k8s.io", "", how("table", { apiVersion: "meta.k8s.io/v1beta1" })],
  ["application/json;as=Table;v=v2;g=meta.k8s.io,application/json", "", how("object")],
  ["application/json;as=Table;v=v1;g=other.org,application/json", "", how("object")],
  ["application/json;as=PartialObjectMetadata", "", how("metadata")],
  ["application/json;as=PartialObjectMetadataList", "pretty=true", how("metadata", { pretty: true })],
  ["application/json;as=Unheard,application/json", "", how("object")],
])("Accept %s with ?%s is answered by %o", (accept, query, represented) => {
  expect(asked(accept, query)).toEqual(represented);
});

test.each(["application/yaml", "application/json;as=Unheard", "text/html;as=Table"])("Accept %s is a 406", (accept) => {
  expect(() => asked(accept)).toThrow(
    expect.objectContaining({
      reason: "NotAcceptable",
      message: `only application/json is served here, asked for ${accept}`,
    }),
  );
});

test.each<[form: Representation["form"], shown: unknown]>([
  ["object", a],
  ["metadata", partial(a)],
])("an object as %s is that, in lines when it shall be pretty", (form, shown) => {
  expect(renderObject(definition, a, how(form))).toBe(JSON.stringify(shown));
  expect(renderObject(definition, a, how(form, { pretty: true }))).toBe(JSON.stringify(shown, undefined, 2));
});

test("an object as table is a table of its revision with one row", () => {
  const table = JSON.parse(renderObject({ ...definition, columns }, a, how("table"))) as object;
  expect(table).toEqual({
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: { resourceVersion: "7" },
    columnDefinitions,
    rows: [{ cells: ["a", 1], object: partial(a) }],
  });
});

test.each<[Representation["include"], object: unknown]>([
  ["None", null],
  ["Metadata", partial(a)],
  ["Object", a],
])("a row that includes %s carries that beside its cells", (include, object) => {
  const text = renderTable({ columns }, [a], how("table", { include }), { revision: "9" });
  expect(JSON.parse(text)).toMatchObject({ rows: [{ cells: ["a", 1], object }] });
});

test("a table without columns has its rows' cells all the same, and is in lines when it shall be pretty", () => {
  const table = {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: { resourceVersion: "9" },
    columnDefinitions: [],
    rows: [{ cells: ["b", 1], object: null }],
  };
  const rendered = (pretty: boolean) =>
    renderTable({ columns }, [b], how("table", { include: "None", pretty }), { revision: "9" }, false);
  expect([rendered(false), rendered(true)]).toEqual([JSON.stringify(table), JSON.stringify(table, undefined, 2)]);
});

const pages: readonly [what: string, page: ListPage, metadata: object][] = [
  ["of nothing", { items: [], revision: "9" }, { resourceVersion: "9" }],
  ["of all", { items: [a, b], revision: "9" }, { resourceVersion: "9" }],
  [
    "of a part",
    { items: [a], revision: "9", continue: "next", remaining: 3 },
    { resourceVersion: "9", continue: "next", remainingItemCount: 3 },
  ],
];

test.each(pages)("a list %s is the JSON of its form, in lines when it shall be pretty", async (_, page, metadata) => {
  const lists = {
    object: { kind: "GlobalNetworkSetList", apiVersion: API_VERSION, metadata, items: page.items },
    metadata: {
      kind: "PartialObjectMetadataList",
      apiVersion: "meta.k8s.io/v1",
      metadata,
      items: page.items.map(partial),
    },
    table: {
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      metadata,
      columnDefinitions,
      rows: page.items.map((item) => ({ cells: [item.metadata.name, 1], object: partial(item) })),
    },
  };
  for (const [form, list] of Object.entries(lists) as [Representation["form"], object][])
    for (const pretty of [false, true]) {
      const parts = await renderList({ ...definition, columns }, page, how(form, { pretty }));
      expect(parts.map(String).join("")).toBe(JSON.stringify(list, undefined, pretty ? 2 : undefined));
    }
});

test("a long list comes in parts", async () => {
  const items = Array.from({ length: 5_000 }, (_, i) => setOf(`set-${i}`));
  const parts = await renderList(definition, { items, revision: "9" }, how("object"));
  const list = { kind: "GlobalNetworkSetList", apiVersion: API_VERSION, metadata: { resourceVersion: "9" }, items };
  expect(parts.map(String).join("")).toBe(JSON.stringify(list));
  expect(parts.length).toBeGreaterThan(2);
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(300 * 1024);
});
