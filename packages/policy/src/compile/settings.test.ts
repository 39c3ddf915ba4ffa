import { definitionOf } from "@percale/resources";
import type { JsonSchema } from "@percale/resources";
import { expect, test } from "vitest";
import { configLayer, resolveConfig } from "./config.ts";

test("the settings of Felix that say what a change does are those that the agent reads", () => {
  const read = new Set<string>();
  const spec = new Proxy({}, { get: (_, field) => void read.add(String(field)) });
  const object = {
    apiVersion: "projectcalico.org/v3",
    kind: "FelixConfiguration",
    metadata: { name: "default" },
    spec,
  };
  resolveConfig([configLayer(object)], { name: "n1", labels: {} });
  read.delete("nodeSelector"); // whom the object is for
  const schema = definitionOf("FelixConfiguration")!.openApi()["properties"] as { readonly spec: JsonSchema };
  const fields = Object.entries(schema.spec["properties"] as Record<string, JsonSchema>);
  const told = fields.filter(([, field]) => field["x-effect"] !== undefined).map(([name]) => name);
  expect(told.toSorted()).toEqual([...read].toSorted());
});
