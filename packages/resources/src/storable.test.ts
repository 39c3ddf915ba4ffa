import fc from "fast-check";
import { expect, test } from "vitest";
import { unstorableIssues } from "./storable.ts";

const NUL = "can't be stored: it holds NUL or half of a surrogate pair";

test.each([
  ["plain text", "a", []],
  ["whole surrogate pairs", { spec: "😀" }, []],
  ["NUL in a field", { spec: { a: ["x", "\0"] } }, [["spec.a[1]", NUL]]],
  ["half a pair in a label's value", { labels: { "a/b": "\ud83d" } }, [["labels[a/b]", NUL]]],
  ["half a pair in a key", { labels: { "\udc00": "" } }, [["labels", "has a key that " + NUL]]],
])("%s", (_, value, expected) => {
  expect(unstorableIssues(value).map(({ field, message }) => [field, message])).toEqual(expected);
});

test("nesting without end is told, not followed", () => {
  const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
  expect(unstorableIssues({ deep })).toEqual([
    { field: "deep[0][0][0][0][0][0][0]", reason: "FieldValueInvalid", message: "nests deeper than 64" },
  ]);
});

test("more values than any object has are not looked at", () => {
  expect(unstorableIssues({ a: "x", b: Array.from({ length: 1_000_000 }, () => 1) })).toEqual([
    { field: "b", reason: "FieldValueInvalid", message: "holds more than 200000 values, with what comes before it" },
  ]);
});

test("more text than any body has is told once, however small what it is made of", () => {
  const [text, key] = ["x".repeat(1_000_000), { ["k".repeat(1_000_000)]: 1 }];
  const told = (field: string) => [
    { field, reason: "FieldValueInvalid", message: "holds more than 3145728 characters, with what comes before it" },
  ];
  expect(unstorableIssues({ a: [text, text, text] })).toEqual([]);
  expect(unstorableIssues({ a: [text, text, text, text, text] })).toEqual(told("a[3]"));
  expect(unstorableIssues({ a: [key, key, key, key, key] })).toEqual(told("a[3]"));
});

test("nothing is told of what UTF-8 carries without NUL", () => {
  const value = fc.jsonValue({ stringUnit: "grapheme", maxDepth: 20 });
  fc.assert(
    fc.property(value, (json) => {
      const isPlain = !JSON.stringify(json).includes(String.raw`\u0000`);
      expect(unstorableIssues(json).length === 0).toBe(isPlain);
    }),
  );
});
