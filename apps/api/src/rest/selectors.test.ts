import fc from "fast-check";
import { expect, test } from "vitest";
import { definitionOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { tiersNamed } from "../auth/tier-rights.ts";
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

test.each([
  "!a=b", // a "not" that was passed over in silence
  "a in (b",
  "a in b",
  "a=(b)",
  "a b",
  "a,,b",
  "a)",
])("label selector %s is refused", (selector) => {
  expect(() => parseLabelSelector(selector)).toThrow(expect.objectContaining({ reason: "BadRequest" }));
});

const SPACES = " ".repeat(60_000); // what an address may hold

test.each<[what: string, labelSelector: string, fieldSelector: string]>([
  ["a value", `a=${SPACES}(`, `metadata.name=a${SPACES}\nb`],
  ["a key", `a${SPACES}$`, `metadata.name${SPACES}$`],
  ["a tier", `projectcalico.org/tier=x${SPACES}y`, `spec.tier=x${SPACES}y`],
  ["commas", ",".repeat(60_000), ",".repeat(60_000)],
])("%s of sixty thousand characters is read in time that grows with them alone", (_, labelSelector, fieldSelector) => {
  for (const given of [{ labelSelector }, { fieldSelector }]) {
    const query = new URLSearchParams(given);
    for (const read of [() => parseSelection(NetworkPolicy, query), () => tiersNamed(query)])
      try {
        read();
      } catch (error) {
        expect(error).toMatchObject({ reason: "BadRequest" });
      }
  }
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
