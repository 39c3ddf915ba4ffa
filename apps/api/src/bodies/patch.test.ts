import fc from "fast-check";
import { expect, test } from "vitest";
import { JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, mergePatch, patchObject } from "./patch.ts";

test.each([
  // RFC 7386, appendix A
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("merge %j with %j", (target, patch, result) => {
  expect(mergePatch(target, patch)).toEqual(result);
});

test("a merge patch twice is a merge patch once, and leaves its input alone", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (target, patch) => {
        const before = structuredClone(target);
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
        expect(target).toEqual(before);
      },
    ),
  );
});

test("no patch reaches the prototype", () => {
  patchObject({}, '{"__proto__":{"polluted":true}}', MERGE_PATCH);
  expect(() => patchObject({}, '[{"op":"add","path":"/__proto__/polluted","value":true}]', JSON_PATCH)).toThrow(
    /__proto__/,
  );
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

const patched = (object: unknown, patch: unknown, type = JSON_PATCH): unknown =>
  patchObject(object, JSON.stringify(patch), type);
const op = (name: string, path: string, more: object = {}): object => ({ op: name, path, ...more });

test.each([
  // RFC 6902, appendix A
  ["A.1 add a member", { foo: "bar" }, [op("add", "/baz", { value: "qux" })], { baz: "qux", foo: "bar" }],
  ["A.2 add an element", { foo: ["bar", "baz"] }, [op("add", "/foo/1", { value: "q" })], { foo: ["bar", "q", "baz"] }],
  ["A.3 remove a member", { baz: "qux", foo: "bar" }, [op("remove", "/baz")], { foo: "bar" }],
  ["A.4 remove an element", { foo: ["bar", "qux", "baz"] }, [op("remove", "/foo/1")], { foo: ["bar", "baz"] }],
  ["A.5 replace a value", { baz: "qux" }, [op("replace", "/baz", { value: "boo" })], { baz: "boo" }],
  [
    "A.6 move a value",
    { foo: { bar: "baz", waldo: "fred" }, qux: { corge: "grault" } },
    [op("move", "/qux/thud", { from: "/foo/waldo" })],
    { foo: { bar: "baz" }, qux: { corge: "grault", thud: "fred" } },
  ],
  [
    "A.7 move an element",
    { foo: ["all", "grass", "cows", "eat"] },
    [op("move", "/foo/3", { from: "/foo/1" })],
    { foo: ["all", "cows", "eat", "grass"] },
  ],
  [
    "A.8 test a value",
    { baz: "qux", foo: ["a", 2, "c"] },
    [op("test", "/foo/1", { value: 2 })],
    { baz: "qux", foo: ["a", 2, "c"] },
  ],
  [
    "A.10 add a nested object",
    { foo: "bar" },
    [op("add", "/child", { value: { grandchild: {} } })],
    { foo: "bar", child: { grandchild: {} } },
  ],
  [
    "A.11 ignore unknown members",
    { foo: "bar" },
    [op("add", "/baz", { value: "qux", xyz: 123 })],
    { foo: "bar", baz: "qux" },
  ],
  ["A.14 escapes", { "/": 9, "~1": 10 }, [op("test", "/~01", { value: 10 })], { "/": 9, "~1": 10 }],
  ["A.16 add at the end", { foo: ["bar"] }, [op("add", "/foo/-", { value: ["abc"] })], { foo: ["bar", ["abc"]] }],
  ["null is a value", { a: 1 }, [op("add", "/a", { value: null })], { a: null }],
  ["the whole", { a: 1 }, [op("replace", "", { value: { b: 2 } })], { b: 2 }],
  [
    "a copy is no alias",
    { a: [1] },
    [op("copy", "/b", { from: "/a" }), op("add", "/a/-", { value: 2 })],
    { a: [1, 2], b: [1] },
  ],
])("%s", (_, object, patch, result) => {
  const before = structuredClone(object);
  expect(patched(object, patch)).toEqual(result);
  expect(object).toEqual(before);
});

test.each([
  ["A.9 another value", { baz: "qux" }, [op("test", "/baz", { value: "bar" })], 422],
  ["A.12 no parent", { foo: "bar" }, [op("add", "/baz/bat", { value: "qux" })], 422],
  ["A.15 number and text differ", { "~1": 10 }, [op("test", "/~01", { value: "10" })], 422],
  ["no such member", {}, [op("remove", "/a")], 422],
  ["into itself", { a: { b: 1 } }, [op("move", "/a/b/c", { from: "/a" })], 422],
  ["the whole removed", {}, [op("remove", "")], 422],
  ["a list's length", { nets: [1] }, [op("replace", "/nets/length", { value: 4_000_000_000 })], 422],
  ["an index with a leading zero", { nets: [1, 2] }, [op("replace", "/nets/01", { value: 1 })], 422],
  ["an index in exponents", { nets: [1, 2] }, [op("replace", "/nets/1e0", { value: 1 })], 422],
  ["an index past the end", { nets: [1] }, [op("add", "/nets/2", { value: 1 })], 422],
  ["- where nothing is", { nets: [1] }, [op("replace", "/nets/-", { value: 1 })], 422],
  ["a member of a text", { a: "b" }, [op("add", "/a/0", { value: 1 })], 422],
  ["__proto__", {}, [op("add", "/__proto__/a", { value: 1 })], 422],
  ["constructor", {}, [op("add", "/constructor/prototype/a", { value: 1 })], 422],
  ["an inherited member", {}, [op("copy", "/a", { from: "/toString" })], 422],
  ["no value", {}, [op("add", "/a")], 400],
  ["no pointer", {}, [op("remove", "a")], 400],
  ["no such operation", {}, [op("explode", "/a")], 400],
  ["no operation", {}, [null], 400],
])("refuses %s", (_, object, patch, code) => {
  expect(() => patched(object, patch)).toThrow(expect.objectContaining({ code }));
});

const large = { spec: { nets: Array.from({ length: 100_000 }, (_, i) => `10.0.0.${i}`) } };
const many = (count: number, make: (i: number) => object): object[] => Array.from({ length: count }, (_, i) => make(i));

test.each([
  ["doubling copies", { a: ["x"] }, many(40, () => op("copy", "/a/-", { from: "/a" })), JSON_PATCH],
  [
    "doubling copies of a member",
    { a: { b: "x" } },
    many(40, (i) => op("copy", `/a/c${i}`, { from: "/a" })),
    JSON_PATCH,
  ],
  ["a copy too large, again and again", large, many(5_000, (i) => op("copy", `/c${i}`, { from: "/spec" })), JSON_PATCH],
  [
    "a long list shifted, again and again",
    large,
    many(5_000, () => op("add", "/spec/nets/0", { value: 1 })),
    JSON_PATCH,
  ],
  [
    "a long list compared, again and again",
    large,
    many(5_000, () => op("test", "/spec/nets", { value: [1] })),
    JSON_PATCH,
  ],
  ["more operations than a patch may hold", {}, many(10_001, () => op("add", "/a", { value: 1 })), JSON_PATCH],
  ["a merge that grows past any body", { a: "x".repeat(3_000_000) }, { b: "x".repeat(1_000_000) }, MERGE_PATCH],
])("%s is refused before it is paid for", (_, object, patch, type) => {
  expect(() => patched(object, patch, type)).toThrow(expect.objectContaining({ name: "StatusError" }));
});

test.each([JSON_PATCH, MERGE_PATCH])("nesting without end is a %s refused", (type) => {
  const deep = `${'{"a":'.repeat(400_000)}1${"}".repeat(400_000)}`;
  const text = type === MERGE_PATCH ? deep : `[{"op":"add","path":"/a","value":${deep}}]`;
  expect(() => patchObject({}, text, type)).toThrow(expect.objectContaining({ code: 422 }));
});

test("a label called constructor is an ordinary one", () => {
  const labels = { metadata: { labels: { constructor: "x", prototype: "y" } } };
  expect(patched({ metadata: { labels: {} } }, labels, MERGE_PATCH)).toEqual(labels);
});

test("whatever comes as a JSON patch, the answer is an object or a StatusError", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      try {
        patchObject({ a: [1] }, text, JSON_PATCH);
      } catch (error) {
        expect(error).toMatchObject({ name: "StatusError" });
      }
    }),
  );
});

test("a path deeper than any object is no path", () => {
  expect(() => patched({}, [op("test", "/a".repeat(66), { value: 1 })])).toThrow(
    "[0].path: must have at most 65 items",
  );
  expect(() => patched({}, [op("test", "/a".repeat(65), { value: 1 })])).toThrow('there is no "a"');
});

test("a strategic patch may leave nothing, which is no object", () => {
  expect(
    patchObject({ a: 1 }, '{"$patch":"delete"}', STRATEGIC_PATCH, { group: "", openApi: () => ({}) }),
  ).toBeUndefined();
});
