import { expect, test } from "vitest";
import { runJsonPath, valuesAt } from "./jsonpath.ts";

const data = {
  kind: "List",
  items: [
    { metadata: { name: "a", labels: { "x.y/z": "1" } }, spec: { order: 10, nets: ["n1", "n2"], on: true } },
    { metadata: { name: "b" }, spec: { order: 20, nets: [] } },
  ],
  users: [{ name: "myself" }, { name: "e2e", user: { password: "secret" } }],
};

test.each([
  ["{.kind}", "List"],
  [".kind", "List"],
  ["kind", "List"],
  ["{$.kind}", "List"],
  ["the kind is {.kind}!", "the kind is List!"],
  ["{.items[*].metadata.name}", "a b"],
  ["{.items[0].metadata.name}", "a"],
  ["{.items[-1].metadata.name}", "b"],
  ["{.items[5].metadata.name}", ""],
  ["{.items[0].spec.nets[0:1]}", "n1"],
  ["{.items[0].spec.nets[1:]}", "n2"],
  ["{.items[0].spec.nets[:-1]}", "n1"],
  ["{.items[0].spec.nets[::2]}", "n1"],
  ["{.items[0].spec.nets[0,1]}", "n1 n2"],
  ["{.items[0]['metadata']['name']}", "a"],
  ["{.items[0]['metadata','spec']}", '{"name":"a","labels":{"x.y/z":"1"}} {"order":10,"nets":["n1","n2"],"on":true}'],
  [String.raw`{.items[0].metadata.labels.x\.y/z}`, "1"],
  ["{..name}", "a b myself e2e"],
  ["{.items[0].metadata.*}", 'a {"x.y/z":"1"}'],
  ["{.items[*]['spec.order']}", ""],
  ["{.items[*].spec.order}", "10 20"],
  ['{.items[?(@.metadata.name=="b")].spec.order}', "20"],
  ["{.items[?(@.metadata.name != 'b')].spec.order}", "10"],
  ["{.items[?(@.spec.order>10)].metadata.name}", "b"],
  ["{.items[?(@.spec.order>=10)].metadata.name}", "a b"],
  ["{.items[?(@.spec.order<20)].metadata.name}", "a"],
  ["{.items[?(@.spec.order<=20)].metadata.name}", "a b"],
  ["{.items[?(@.spec.on==true)].metadata.name}", "a"],
  ["{.items[?(@.spec.on)].metadata.name}", "a"],
  ['{.items[?(@.spec.order=="10")].metadata.name}', ""],
  ["{.items[?(@.spec.none>1)].metadata.name}", ""],
  ['{.items[?(@.metadata=={"name":"b"})]}', undefined],
  ['{.users[?(@.name=="e2e")].user.password}', "secret"],
  ["{range .items[*]}[{.metadata.name}, {.spec.order}] {end}", "[a, 10] [b, 20] "],
  ['{range .items[*]}{.metadata.name}{"\\t"}{.spec.order}{"\\n"}{end}', "a\t10\nb\t20\n"],
  ["{range .items[*]}{range .spec.nets[*]}{@}{','}{end}{'\\n'}{end}", "n1,n2,\n\n"],
  ["{range .items[*]}{$.kind}{end}", "ListList"],
  ["{.items[*].metadata.name} {.none}", "a b "],
  ["{.items[0].spec.on}{'it''s'}", "trueits"],
  ["{ .kind }", "List"],
])("%s", (template, text) => {
  if (text === undefined) expect(() => runJsonPath(template, data)).toThrow("error parsing jsonpath");
  else expect(runJsonPath(template, data)).toBe(text);
});

test.each([
  ["{.kind", "at character 7: a path such as .metadata.name is missing"],
  ["{range .items[*]}{.kind}", "a {range …} without {end}"],
  ["{end}", "an {end} without {range …}"],
  ["{.items[}", "an index, a slice, a quoted key or * is missing"],
  ["{.items[::0]}", "the step of a slice must be 1 or more"],
  ["{.items[?(@.a==1]}", ") is missing"],
  ["{|}", "a path such as .metadata.name is missing"],
  ["{..}", "a name is missing"],
  ['{"\\x"}', "is no text"],
])("%s is refused: %s", (template, words) => {
  expect(() => runJsonPath(template, data)).toThrow(words);
  expect(() => runJsonPath(template, data)).toThrow(`error parsing jsonpath ${template}: at character `);
});

test("a column is what its path finds", () => {
  expect(valuesAt(".spec.nets", data.items[0])).toEqual([["n1", "n2"]]);
  expect(valuesAt("metadata.none", data.items[0])).toEqual([]);
  expect(valuesAt(".", 5)).toEqual([5]);
});

test("what every object has by itself is no field", () => {
  expect(runJsonPath("{.constructor}{.items.length}{..toString}", data)).toBe("");
});
