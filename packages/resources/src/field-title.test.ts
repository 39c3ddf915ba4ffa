import { expect, test } from "vitest";
import { resourceDefinitions, titleOf } from "./index.ts";
import type { JsonSchema } from "./index.ts";

test.each([
  ["blockSize", "Block size"],
  ["natOutgoing", "NAT outgoing"],
  ["nodeToNodeMeshEnabled", "Node to node mesh enabled"],
  ["asNumber", "AS number"],
  ["cidr", "CIDR"],
  ["ipipMode", "IPIP mode"],
])("%s reads %s", (field, words) => {
  expect(titleOf(field)).toBe(words);
});

test("a field is called what its schema says", () => {
  expect(titleOf("floatingIPs", { title: "Floating IPs" })).toBe("Floating IPs");
});

test("every field of a spec has a title in words: none is torn within an abbreviation", () => {
  const titles = resourceDefinitions.flatMap((definition) => {
    const { spec } = definition.openApi()["properties"] as { readonly spec: JsonSchema };
    return Object.entries((spec["properties"] ?? {}) as Record<string, JsonSchema>).map(([field, schema]) =>
      titleOf(field, schema),
    );
  });
  const torn = titles.filter(
    (title) => !/^[A-Z][\w-]*( [\w-]+)*$/.test(title) || /(^| )[a-zA-Z]( |$)|[a-z]v6$/.test(title),
  );
  expect(torn).toEqual([]);
});
