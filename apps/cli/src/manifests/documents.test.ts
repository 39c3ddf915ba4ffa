import { expect, test } from "vitest";
import { ExitError } from "../exit-error.ts";
import { parseManifests } from "./documents.ts";
import { parseField } from "./field.ts";

const names = (text: string): string[] => parseManifests(text, "x").map(({ object }) => object.metadata.name);

test("documents, lists and arrays all become objects, in order", () => {
  const text = `
kind: Tier
metadata: { name: a }
---
---
kind: TierList
items: [{ kind: Tier, metadata: { name: b } }, { kind: Tier, metadata: { name: c } }]
---
[{ "kind": "Tier", "metadata": { "name": "d" } }]
--- # the rest of the line is no document's
kind: Tier
metadata: { name: e }
`;
  expect(names(text)).toEqual(["a", "b", "c", "d", "e"]);
  expect(names("")).toEqual([]);
  expect(names("# nothing\n")).toEqual([]);
});

test.each([
  {
    name: "broken YAML",
    text: "kind: Tier\nmetadata: [",
    message: "x:2:12: Flow sequence in block collection must be",
  },
  { name: "broken YAML behind another document", text: "---\n---\nkind: {", message: "x:3:8: " },
  { name: "no kind", text: "\nmetadata: { name: a }", message: "x:2:1: an object without kind" },
  { name: "no name", text: "kind: Tier\nmetadata: {}", message: "x:2:1: insufficient identifiers, missing 'name'" },
  {
    name: "no object",
    text: "[{ kind: Tier, metadata: { name: a } }, 5]",
    message: "x:1:41: must be an object, got 5",
  },
  { name: "a fault in a list", text: "kind: TierList\nitems:\n- kind: Tier", message: "x:3:3: insufficient" },
])("$name is refused with its place", ({ text, message }) => {
  expect(() => parseManifests(text, "x")).toThrow(message);
});

test("a name may be left to the server to make", () => {
  const [manifest] = parseManifests("kind: Tier\nmetadata: { generateName: t- }", "x");
  expect(manifest!.object).toStrictEqual({ kind: "Tier", metadata: { generateName: "t-" } });
});

test("a document of more than 10 MB is refused, several smaller ones are not", () => {
  const half = `kind: Tier\nmetadata: { name: a }\n# ${"x".repeat(6 * 1024 * 1024)}\n`;
  expect(names(`${half}---\n${half}`)).toEqual(["a", "a"]);
  expect(() => parseManifests(`# first\n---\n${half}${half}`, "x")).toThrow("x:2: a document of more than 10 MB");
});

const POLICY = `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: web
  labels: { "a/b.c": d }
spec:
  ingress:
    - action: Allow
      source:
        nets:
          - 10.0.0.0/8
          - nonsense
`;

test.each([
  ["spec.ingress[0].source.nets[1]", "p.yaml:12:13"],
  ["spec.ingress[0].action", "p.yaml:8:7"],
  ["spec.ingress[0]", "p.yaml:8:7"],
  ["metadata.labels[a/b.c]", "p.yaml:5:13"],
  ["spec.egress[0].action", "p.yaml:6:1"],
  ["spec.ingress[7].action", "p.yaml:7:3"],
  ["spec.ingress.action", "p.yaml:7:3"],
  ["", "p.yaml:1:1"],
])("the field %s is at %s", (field, place) => {
  expect(parseManifests(POLICY, "p.yaml")[0]!.locate(field)).toBe(place);
  const shifted = place.replace(/:(\d+):/, (_, line) => `:${Number(line) + 3}:`);
  expect(parseManifests(`kind: Tier\nmetadata: { name: a }\n---\n${POLICY}`, "p.yaml")[1]!.locate(field)).toBe(
    place === "p.yaml:1:1" ? "p.yaml:4:1" : shifted,
  );
});

test.each([
  ["kind: *none\n", /^p.yaml:1:\d+: .*none/],
  [
    `a: &a [x,x,x,x,x,x,x,x]\n${["b", "c", "d", "e"].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcd"[i]}`).join(",")}]\n`).join("")}`,
    /^p.yaml:1:1: Excessive alias count/,
  ],
])("aliases of nothing, and of too much, are refused where they stand", (text, words) => {
  expect(() => parseManifests(text, "p.yaml")).toThrow(words);
  expect(() => parseManifests(text, "p.yaml")).toThrow(ExitError);
});

test("a field of an object in a list or an array is where that object is", () => {
  const list = "kind: List\nitems:\n  - kind: Tier\n    metadata: { name: a }\n    spec: { order: x }\n";
  expect(parseManifests(list, "l")[0]!.locate("spec.order")).toBe("l:5:13");
  expect(parseManifests('[\n{"kind":"Tier",\n"metadata":{"name":"a"}}]', "l")[0]!.locate("metadata.name")).toBe(
    "l:3:13",
  );
});

test("a field's path is keys and indexes", () => {
  expect(parseField("spec.ingress[0].source.nets[12]")).toEqual(["spec", "ingress", 0, "source", "nets", 12]);
  expect(parseField("metadata.labels[a.b/c]")).toEqual(["metadata", "labels", "a.b/c"]);
  expect(parseField("")).toEqual([]);
});
