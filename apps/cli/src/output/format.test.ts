import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exported, parseOutput } from "./format.ts";

test.each([
  ["ps", { as: "ps" }],
  ["WIDE", { as: "wide" }],
  ["yaml", { as: "yaml" }],
  ["yml", { as: "yaml" }],
  ["json", { as: "json" }],
  ["name", { as: "name" }],
  ["custom-columns=NAME,A:.b", { as: "custom-columns", columns: ["NAME", "A:.b"] }],
  ["go-template={{.a}}={{.b}}", { as: "go-template", template: "{{.a}}={{.b}}" }],
  ["jsonpath={.a==1}", { as: "jsonpath", template: "{.a==1}" }],
])("-o %s is understood", (text, output) => {
  expect(parseOutput(text)).toStrictEqual(output);
});

test.each([
  ["xml", "unrecognized output format 'xml': must be ps, wide, yaml"],
  ["yaml=x", "unrecognized output format 'yaml=x'"],
  ["custom-columns", "-o custom-columns=… needs something behind the ="],
  ["go-template=", "-o go-template=… needs something behind the ="],
  ["jsonpath-file=/nowhere", "cannot read /nowhere: ENOENT"],
])("-o %s is refused", (text, words) => {
  expect(() => parseOutput(text)).toThrow(words);
});

test("a template may be in a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "percale-format-"));
  const path = join(folder, "a=b");
  try {
    writeFileSync(path, "{.a}");
    expect(parseOutput(`jsonpath-file=${path}`)).toStrictEqual({ as: "jsonpath", template: "{.a}" });
    expect(parseOutput(`go-template-file=${path}`)).toStrictEqual({ as: "go-template", template: "{.a}" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an object that is exported keeps what is its own", () => {
  const metadata = {
    name: "a",
    namespace: "b",
    uid: "c",
    resourceVersion: "1",
    creationTimestamp: "d",
    deletionTimestamp: "e",
    generation: 2,
    labels: { x: "y" },
  };
  expect(exported({ apiVersion: "v", kind: "k", metadata, spec: {} })).toStrictEqual({
    apiVersion: "v",
    kind: "k",
    metadata: { name: "a", labels: { x: "y" } },
    spec: {},
  });
});
