import { expect, test } from "vitest";
import { isManifest } from "./is-manifest.ts";
import { readPasted } from "./pasted.ts";

const told = (text: string) =>
  readPasted(text).map((one) => (one.problem === undefined ? { line: one.line, ref: one.ref } : one));
const policy = (name: string) => `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: ${name}
  namespace: shop
spec: {}
`;
const ref = (name: string) => ({ kind: "NetworkPolicy", namespace: "shop", name });

test("objects between dashes and in lists are told with the line that they begin at", () => {
  expect(told(`# two\n---\n${policy("a")}---\n---\n${policy("b")}`)).toEqual([
    { line: 3, ref: ref("a") },
    { line: 11, ref: ref("b") },
  ]);
  const list = { kind: "List", items: [{ kind: "Tier", metadata: { name: "t", namespace: "ignored" } }] };
  expect(told(JSON.stringify(list, undefined, 1))).toEqual([{ line: 1, ref: { kind: "Tier", name: "t" } }]);
  expect(readPasted("\n# nothing\n")).toEqual([]);
});

test.each<[what: string, text: string, problem: object]>([
  ["is no YAML", `${policy("a")}---\nkind: [`, { line: 8, problem: expect.stringMatching(/^Flow sequence/) }],
  ["is a text", "---\njust words\n", { line: 2, problem: "no object: it begins with apiVersion and kind" }],
  ["has no kind", "apiVersion: v1\nmetadata: {}\n", { line: 1, problem: "kind: is missing" }],
  ["is of a kind that nobody knows", "kind: Deployment\n", { line: 1, problem: "kind: there is no Deployment" }],
  [
    "is written by others",
    "kind: IPAMBlock\nmetadata: { name: x }\n",
    { line: 1, problem: "kind: IPAMBlock is written by agents and IPAM alone" },
  ],
  ["has nothing behind metadata", "kind: Tier\nmetadata:\n", { line: 1, problem: "metadata.name: the Tier has none" }],
  [
    "has nothing behind namespace",
    "kind: NetworkPolicy\nmetadata:\n  name: x\n  namespace:\n",
    { line: 1, problem: "metadata.namespace: NetworkPolicy x has none" },
  ],
  ["has no name", "kind: Tier\n", { line: 1, problem: "metadata.name: the Tier has none" }],
  [
    "is in no namespace",
    "kind: NetworkPolicy\nmetadata: { name: x }\n",
    { line: 1, problem: "metadata.namespace: NetworkPolicy x has none" },
  ],
  ["has nothing in its metadata", "kind: Tier\nmetadata:\n", { line: 1, problem: "metadata.name: the Tier has none" }],
  [
    "leaves its namespace out",
    "kind: NetworkPolicy\nmetadata: { name: x, namespace: }\n",
    { line: 1, problem: "metadata.namespace: NetworkPolicy x has none" },
  ],
  [
    "is in it twice",
    "kind: Tier\nmetadata: { name: t }\n---\nkind: Tier\nmetadata: { name: t }\n",
    { line: 4, problem: "metadata.name: Tier t is in it twice, first at line 1" },
  ],
  ["has an alias of nothing", "kind: Tier\nspec: *x\n", { line: 1, problem: expect.stringMatching(/alias.*x$/) }],
])("what %s says so, and where", (_, text, problem) => {
  expect(told(text).at(-1)).toEqual(problem);
});

test("an alias bomb and a flood are refused, not opened", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nkind: [*b,*b,*b,*b,*b,*b]\n`;
  expect(told(bomb)).toMatchObject([{ line: 1, problem: expect.stringContaining("no object") as string }]);
  expect(told(Array.from({ length: 51 }, (_, i) => policy(`p${i}`)).join("---\n"))).toMatchObject([
    { problem: "51 objects are more than a draft of 50: apply the file" },
  ]);
  expect(told(`${policy("long")}# ${"x".repeat(1_000_000)}`)).toEqual([
    { line: 1, problem: "it is longer than 1,000,000 characters: apply the file" },
  ]);
});

test("a flood of documents, or of items of a list, is counted and refused", () => {
  const documents = "---\nkind: Tier\nmetadata: { name: t }\n".repeat(5_000);
  expect(told(documents)).toMatchObject([{ line: 152, problem: expect.stringMatching(/^5000 /) }]);
  const list = `kind: List\nitems: [${"0,".repeat(200_000)}]\n`;
  expect(told(list)).toMatchObject([{ line: 1, problem: expect.stringMatching(/^200000 /) }]);
});

test.each<[text: string, is: boolean]>([
  [policy("a"), true],
  ['{\n  "kind": "Tier"\n}', true],
  ["kind: Tier", false], // one line is a search
  ["10.0.0.1\n10.0.0.2\n", false],
])("%j is a manifest: %s", (text, is) => {
  expect(isManifest(text)).toBe(is);
});

test("a kind's name is that of its group: Kubernetes' policy is no Calico one of that name", () => {
  const kubernetes = policy("a").replace("projectcalico.org/v3", "networking.k8s.io/v1");
  expect(told(`${kubernetes}---\n${policy("a")}`)).toEqual([
    { line: 1, ref: { kind: "KubernetesNetworkPolicy", namespace: "shop", name: "a" } },
    { line: 8, ref: ref("a") },
  ]);
});
