import { expect, test } from "vitest";
import { manifestOf, parsePath, rangeOf, readYaml, setField } from "./document.ts";

const TEXT = `# who may reach the ledger
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-ledger
spec:
  order: 600 # after the guards
  selector: 'app == "ledger"'
  ingress:
  - action: Allow
    protocol: TCP
`;

test("changing a scalar touches nothing but the scalar", () => {
  expect(setField(TEXT, ["spec", "order"], 650)).toBe(TEXT.replace("600", "650"));
});

test("a changed text keeps its quotes", () => {
  expect(setField(TEXT, ["spec", "selector"], "app == 'x'")).toBe(TEXT.replace(`'app == "ledger"'`, "'app == ''x'''"));
});

test("a new field keeps comments and the style of the list", () => {
  const next = setField(TEXT, ["spec", "ingress", 0, "destination"], { ports: [8443] });
  expect(next).toContain("# who may reach the ledger");
  expect(next).toContain("order: 600 # after the guards");
  expect(next).toContain("  - action: Allow\n    protocol: TCP\n    destination:\n      ports:\n      - 8443\n");
});

test("removing the last field of a map removes the map", () => {
  const nested = setField(TEXT, ["spec", "ingress", 0, "source", "selector"], "all()");
  expect(readYaml(setField(nested, ["spec", "ingress", 0, "source", "selector"], undefined)).value).toEqual(
    readYaml(TEXT).value,
  );
});

test("a value reads back as it was set", () => {
  for (const value of ["", "no", "007", "a: b", "it's", -1, 1.5, true]) {
    const { value: read } = readYaml(setField(TEXT, ["spec", "selector"], value));
    expect(read).toMatchObject({ spec: { selector: value } });
  }
});

test("a broken text says where", () => {
  const { value, problems } = readYaml("spec:\n  a: [1, 2\n");
  expect(value).toBeUndefined();
  expect(problems[0]?.from).toBeGreaterThan(0);
});

test("an alias bomb is refused, not expanded", () => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ...["b", "c", "d", "e"].map((key, index) => `${key}: &${key} [${`*${"abcd"[index]},`.repeat(9)}x]`),
  ];
  expect(readYaml(bomb.join("\n")).problems[0]?.message).toMatch(/alias/i);
});

test("a field's range is its value; an absent field points at its nearest parent", () => {
  const at = (path: string) => {
    const { from, to } = rangeOf(TEXT, parsePath(path));
    return TEXT.slice(from, to);
  };
  expect(at("spec.order")).toBe("600");
  expect(at("spec.ingress[0].action")).toBe("Allow");
  expect(at("spec.ingress[0].source.nets")).toBe("- action: Allow".slice(2));
  expect(at("spec.tier")).toBe("spec");
});

test("a stored object is shown without the server's fields", () => {
  const text = manifestOf({
    apiVersion: "projectcalico.org/v3",
    kind: "Tier",
    metadata: { name: "a", uid: "u", resourceVersion: "4", creationTimestamp: "2026-01-01T00:00:00Z" },
    spec: { order: 1 },
  });
  expect(text).toBe("apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata:\n  name: a\nspec:\n  order: 1\n");
});

test.each([
  ["[1, 2]", "A manifest is a map that starts with apiVersion and kind."],
  ["text", "A manifest is a map that starts with apiVersion and kind."],
  ["", "A manifest is a map that starts with apiVersion and kind."],
])("%j is no manifest, and all of it is at fault", (text, message) => {
  expect(readYaml(text)).toEqual({
    text,
    value: undefined,
    problems: [{ from: 0, to: text.length, message, severity: "error" }],
  });
});

test("an error of the syntax stands somewhere, at one character at least", () => {
  for (const text of ["a: [", "a: b: c", "\t- x", "a: 'b"]) {
    const { problems } = readYaml(text);
    expect(problems).not.toEqual([]);
    for (const { from, to, severity } of problems) expect([to > from, severity]).toEqual([true, "error"]);
  }
});

test("a field of a broken text is not set", () => {
  expect(setField("a: [", ["a"], 1)).toBe("a: [");
});

test("removing a field leaves its neighbours, and never removes spec", () => {
  const text = "spec:\n  a: 1\n  b:\n    c: 1\n";
  expect(setField(text, ["spec", "a"], undefined)).toBe("spec:\n  b:\n    c: 1\n");
  expect(setField(text, ["spec", "b", "c"], undefined)).toBe("spec:\n  a: 1\n");
  expect(setField("spec:\n  a: 1\n", ["spec", "a"], undefined)).toBe("spec: {}\n");
  expect(setField("spec:\n  l:\n  - a: 1\n  - b: 1\n", ["spec", "l", 0], undefined)).toBe("spec:\n  l:\n  - b: 1\n");
});

test.each([
  ["dashes under their key", "a:\n- 1\n", "a:\n- 1\nb: {}\n"],
  ["indented dashes", "a:\n  - 1\n", "a:\n  - 1\nb: {}\n"],
  ["tight brackets", "a: [1]\n", "a: [1]\nb: {}\n"],
  ["padded brackets", "a: [ 1 ]\n", "a: [ 1 ]\nb: {}\n"],
])("a text with %s keeps them when a field comes", (_, text, after) => {
  expect(setField(text, ["b"], {})).toBe(after);
});

test("a scalar keeps the quotes it has, and a map takes a scalar's place", () => {
  expect(setField('a: "x"\n', ["a"], 'say "hi"')).toBe(String.raw`a: "say \"hi\""` + "\n");
  expect(setField("a: 'x'\n", ["a"], 5)).toBe("a: 5\n");
  expect(setField("a: 1\n", ["a"], { b: 1 })).toBe("a:\n  b: 1\n");
  const long = "x ".repeat(100).trim();
  expect(setField("a: 1\n", ["a"], long)).toBe(`a: ${long}\n`);
});

test.each([
  ["spec.ingress[0].source.nets[1]", ["spec", "ingress", 0, "source", "nets", 1]],
  ["spec.ingress.10.action", ["spec", "ingress", 10, "action"]],
  ["", []],
  ["metadata..name", ["metadata", "name"]],
])("the path %j", (text, path) => {
  expect(parsePath(text)).toEqual(path);
});

test("where nothing of a path exists, the first line is its place; a list's item is told by its first line", () => {
  const at = (text: string, path: string) =>
    text.slice(...(({ from, to }) => [from, to] as const)(rangeOf(text, parsePath(path))));
  expect(at(TEXT, "status")).toBe("# who may reach the ledger");
  expect(at("a: 1", "b")).toBe("a: 1");
  expect(at(TEXT, "spec.ingress[0]")).toBe("action: Allow");
  expect(at(TEXT, "spec.ingress[5].action")).toBe("ingress");
  expect(at(TEXT, "spec.order.deeper")).toBe("600");
  expect(at("1: one\n", "1")).toBe("one");
});

test("a manifest has what a person writes in its order, and no spec where there is none", () => {
  const metadata = {
    finalizers: ["f"],
    annotations: { a: "1" },
    labels: { l: "1" },
    namespace: "n",
    name: "x",
    generation: 4,
  };
  expect(manifestOf({ apiVersion: "v1", kind: "Namespace", metadata, spec: undefined })).toBe(
    'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\n  namespace: n\n  labels:\n    l: "1"\n  annotations:\n    a: "1"\n  finalizers:\n  - f\n',
  );
});

test("a manifest says the kind as its group does, and keeps fields that stand beside the metadata", () => {
  const metadata = { name: "x", namespace: "n" };
  const policy = { apiVersion: "networking.k8s.io/v1", kind: "KubernetesNetworkPolicy", metadata, spec: {} };
  expect(manifestOf(policy)).toBe(
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: x\n  namespace: n\nspec: {}\n",
  );
  const slice = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata, addressType: "IPv4" };
  expect(manifestOf(slice as never)).toBe(
    "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata:\n  name: x\n  namespace: n\naddressType: IPv4\n",
  );
});
