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
