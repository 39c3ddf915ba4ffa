import { resourceDefinitions } from "@percale/resources";
import { expect, test } from "vitest";
import { openApiV3 } from "./openapi.ts";
import { rootOf } from "./route.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly "x-kubernetes-action": string;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}
const documents = [...openApiV3().values()].map(({ body }) => JSON.parse(String(body)) as Document);
const operations = documents.flatMap(({ paths }) =>
  Object.values(paths).flatMap((path) =>
    Object.entries(path).flatMap(([method, operation]) => (method === "parameters" ? [] : [operation as Operation])),
  ),
);

test("no two operations of all documents have one name", () => {
  const names = operations.map(({ operationId }) => operationId);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test("every patch names the parameters that kubectl looks for, and may be an apply", () => {
  for (const { parameters, requestBody } of operations.filter((one) => one["x-kubernetes-action"] === "patch")) {
    expect(parameters.map(({ name }) => name)).toEqual(["dryRun", "fieldManager", "fieldValidation", "force"]);
    expect(Object.keys(requestBody?.content ?? {})).toContain("application/apply-patch+yaml");
  }
});

test("Kubernetes' own kinds take strategic merge patches, ours do not", () => {
  const typesOf = (path: string): string[] =>
    documents.flatMap(({ paths }) =>
      Object.keys((paths[path]?.["patch"] as Operation | undefined)?.requestBody?.content ?? {}),
    );
  const strategic = "application/strategic-merge-patch+json";
  expect(typesOf("/api/v1/namespaces/{namespace}/services/{name}")).toContain(strategic);
  expect(typesOf("/apis/projectcalico.org/v3/tiers/{name}")).not.toContain(strategic);
});

test("a status that is written by itself has an address of its own", () => {
  for (const definition of resourceDefinitions.filter(({ statusSubresource }) => statusSubresource)) {
    const within = definition.namespaced ? "/namespaces/{namespace}" : "";
    const path = `${rootOf(definition)}${within}/${definition.servedPlural}/{name}/status`;
    expect(
      documents.some(({ paths }) => paths[path]?.["patch"] !== undefined),
      path,
    ).toBe(true);
  }
});

test("every reference leads to a schema of the same document", () => {
  for (const document of documents) {
    const text = JSON.stringify(document);
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      expect(Object.keys(document.components.schemas)).toContain(name);
  }
});
