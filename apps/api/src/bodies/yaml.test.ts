import { expect, test } from "vitest";
import { networkSet } from "../testdata/test-api.ts";
import { MAX_YAML_BYTES, parseYaml } from "./yaml.ts";

test("reads what people write, by YAML 1.2: no dates, no yes for true", () => {
  const text = `
apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata: { name: one, namespace: default, labels: { since: 2026-11-01, ok: yes, n: "1" } }
spec:
  nets: # where they come from
    - &net 10.0.0.1
    - *net`;
  const labels = { since: "2026-11-01", ok: "yes", n: "1" };
  expect(parseYaml(text)).toEqual(networkSet("one", { nets: ["10.0.0.1", "10.0.0.1"] }, { labels }));
});

const laughs = [
  "a: &a [x, x, x]",
  ..."bcdefghi".split("").map((name, i) => `${name}: &${name} [${Array(20).fill(`*${"abcdefgh"[i]}`).join(", ")}]`),
];

test.each([
  ["no document", "# nothing"],
  ["two documents", "a: 1\n---\nb: 2"],
  ["no YAML", "a: b: c"],
  ["a key twice", "a: 1\na: 2"],
  ["flow without end", "[".repeat(MAX_YAML_BYTES)],
  ["sequences without end", "- ".repeat(MAX_YAML_BYTES / 2)],
  ["aliases of aliases", laughs.join("\n")],
  ["a tag of a language", "a: !!js/function 'x'"],
])("%s is the client's fault", (_, text) => {
  expect(() => parseYaml(text)).toThrow(expect.objectContaining({ code: 400 }));
});
