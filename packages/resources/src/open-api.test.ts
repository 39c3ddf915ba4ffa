import { describe, expect, test } from "vitest";
import { cellOf, humanDuration, resourceDefinitions } from "./index.ts";
import type { JsonSchema } from "./index.ts";

/** What is wrong with a schema as a Kubernetes structural one; paths of faults. */
function structuralFaults(schema: JsonSchema, path: string): string[] {
  const faults: string[] = [];
  const isIntOrString = schema["x-kubernetes-int-or-string"] === true;
  const isReference = Array.isArray(schema["allOf"]) && schema["allOf"].every((one) => "$ref" in one);
  if (!isIntOrString && !isReference && typeof schema["type"] !== "string") faults.push(`${path}: no type`);
  for (const keyword of ["$ref", "$schema", "oneOf", "not", "const", "definitions", "$defs", "propertyNames"])
    if (keyword in schema) faults.push(`${path}: ${keyword}`);
  if ("anyOf" in schema && !isIntOrString) faults.push(`${path}: anyOf`);
  if (schema["additionalProperties"] === false) faults.push(`${path}: closed`);
  if (Array.isArray(schema["type"]) || "exclusiveMinimum" in schema) faults.push(`${path}: not OpenAPI 3.0`);
  for (const [name, child] of Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>))
    faults.push(...structuralFaults(child, `${path}.${name}`));
  if (schema["items"] !== undefined) faults.push(...structuralFaults(schema["items"] as JsonSchema, `${path}[]`));
  if (typeof schema["additionalProperties"] === "object")
    faults.push(...structuralFaults(schema["additionalProperties"] as JsonSchema, `${path}{}`));
  return faults;
}

/** Paths of properties that teach nothing. */
function undescribed(schema: JsonSchema, path: string): string[] {
  const inside = Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>).flatMap(([name, child]) => [
    ...(typeof child["description"] === "string" ? [] : [`${path}.${name}`]),
    ...undescribed(child, `${path}.${name}`),
  ]);
  return schema["items"] === undefined
    ? inside
    : [...inside, ...undescribed(schema["items"] as JsonSchema, `${path}[]`)];
}

describe.each(resourceDefinitions.map((definition) => ({ kind: definition.kind, definition })))(
  "$kind",
  ({ definition }) => {
    test("has a structural schema", () => {
      expect(structuralFaults(definition.openApi(), definition.kind)).toEqual([]);
    });

    test("explains every field users see", () => {
      if (!definition.internal) expect(undescribed(definition.openApi(), "")).toEqual([]);
    });

    test("has columns that start with its name", () => {
      expect(definition.columns[0]).toMatchObject({ name: "Name", format: "name" });
    });
  },
);

test.each(["NetworkPolicy", "IPPool"])("the schema of %s is this", async (kind) => {
  const schema = resourceDefinitions.find((definition) => definition.kind === kind)!.openApi();
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`testdata/${kind}.openapi.json`);
});

test("plurals are Kubernetes' plurals", () => {
  expect(resourceDefinitions.map(({ plural, singular }) => `${plural}/${singular}`)).toEqual([
    "networkpolicies/networkpolicy",
    "globalnetworkpolicies/globalnetworkpolicy",
    "kubernetesnetworkpolicies/networkpolicy",
    "kubernetesclusternetworkpolicies/clusternetworkpolicy",
    "stagednetworkpolicies/stagednetworkpolicy",
    "stagedglobalnetworkpolicies/stagedglobalnetworkpolicy",
    "stagedkubernetesnetworkpolicies/stagedkubernetesnetworkpolicy",
    "tiers/tier",
    "ippools/ippool",
    "ipreservations/ipreservation",
    "networksets/networkset",
    "globalnetworksets/globalnetworkset",
    "hostendpoints/hostendpoint",
    "profiles/profile",
    "bgppeers/bgppeer",
    "bgpfilters/bgpfilter",
    "felixconfigurations/felixconfiguration",
    "bgpconfigurations/bgpconfiguration",
    "bfdconfigurations/bfdconfiguration",
    "ipamconfigurations/ipamconfiguration",
    "kubecontrollersconfigurations/kubecontrollersconfiguration",
    "caliconodestatuses/caliconodestatus",
    "clusterinformations/clusterinformation",
    "pendingchanges/pendingchange",
    "blockaffinities/blockaffinity",
    "namespaces/namespace",
    "serviceaccounts/serviceaccount",
    "services/service",
    "endpointslices/endpointslice",
    "roles/role",
    "clusterroles/clusterrole",
    "rolebindings/rolebinding",
    "clusterrolebindings/clusterrolebinding",
    "nodes/node",
    "workloadendpoints/workloadendpoint",
    "livemigrations/livemigration",
    "ipamblocks/ipamblock",
    "ipamhandles/ipamhandle",
  ]);
});

test.each([
  [
    "IPPool",
    { cidr: "10.0.0.0/8", ipipMode: "Never", vxlanMode: "Always", natOutgoing: true },
    ["x", "10.0.0.0/8", "Always", "Never", true, "True", "5m"],
  ],
  ["Tier", { order: 5, defaultAction: "Pass" }, ["x", 5, "Pass", null]],
  ["NetworkPolicy", { tier: "default" }, ["x", "default", null]],
])("a row of %s", (kind, spec, cells) => {
  const definition = resourceDefinitions.find((one) => one.kind === kind)!;
  const object = {
    apiVersion: "projectcalico.org/v3",
    kind,
    metadata: { name: "x", creationTimestamp: "2026-01-01T00:00:00Z" },
    spec,
    status: { conditions: [{ type: "Allocatable", status: "True" }] },
  };
  const now = Date.parse("2026-01-01T00:05:00Z");
  expect(definition.columns.map((column) => cellOf(column, object, now))).toEqual(cells);
});

test.each([
  [-5, "0s"],
  [119, "119s"],
  [120, "2m"],
  [125, "2m5s"],
  [600, "10m"],
  [10_799, "179m"],
  [10_860, "3h1m"],
  [86_400, "24h"],
  [172_800, "2d"],
  [180_000, "2d2h"],
  [86_400 * 8, "8d"],
  [86_400 * 800, "2y70d"],
  [86_400 * 3650, "10y"],
])("%d seconds are shown as %s", (seconds, text) => {
  expect(humanDuration(seconds * 1000)).toBe(text);
});
