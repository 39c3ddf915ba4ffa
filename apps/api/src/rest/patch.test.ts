import fc from "fast-check";
import { expect, test } from "vitest";
import { JSON_PATCH, MERGE_PATCH, mergePatch, patchObject } from "./patch.ts";

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
  expect(() => patchObject({}, '[{"op":"add","path":"/__proto__/polluted","value":true}]', JSON_PATCH)).toThrow();
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
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
