import fc from "fast-check";
import { expect, test } from "vitest";
import { definitionOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { parseLabelSelector, parseSelection } from "./selectors.ts";

const NetworkPolicy = definitionOf("NetworkPolicy")!;

function labelled(labels: Record<string, string>): KubeObject {
  return {
    apiVersion: "",
    kind: "NetworkPolicy",
    metadata: { name: "n", namespace: "ns", labels },
    spec: { tier: "t" },
  };
}

test.each([
  ["a=b", { a: "b" }, true],
  ["a==b", { a: "c" }, false],
  ["a!=b", {}, true],
  ["a in (b, c)", { a: "c" }, true],
  ["a notin (b,c)", {}, true],
  ["a", { a: "" }, true],
  ["!a", { a: "" }, false],
  ["a=b,c in (d,e),!f", { a: "b", c: "e" }, true],
  ["example.com/a=b", { "example.com/a": "b" }, true],
  ["a=", { a: "" }, true],
])("%s on %j is %s", (selector, labels, expected) => {
  expect(parseLabelSelector(selector).every((filter) => filter(labelled(labels)))).toBe(expected);
});

test.each([
  ["spec.tier=t", true],
  ["spec.tier=other", false],
  ["metadata.name!=n", false],
  ["metadata.namespace=ns,metadata.name=n", true],
])("field selector %s is %s", (fieldSelector, expected) => {
  const { matches } = parseSelection(NetworkPolicy, new URLSearchParams({ fieldSelector }));
  expect(matches(labelled({}))).toBe(expected);
});

test("any text is a selector or a 400", () => {
  fc.assert(
    fc.property(fc.string(), (labelSelector) => {
      try {
        parseSelection(NetworkPolicy, new URLSearchParams({ labelSelector, fieldSelector: labelSelector }));
      } catch (error) {
        expect(error).toMatchObject({ reason: "BadRequest" });
      }
    }),
  );
});
