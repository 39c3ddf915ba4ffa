import { expect, test } from "vitest";
import { resourceDefinitions } from "./index.ts";
import type { JsonSchema } from "./index.ts";

test("every setting stands in one group of its kind, and no group is empty", () => {
  const kinds = resourceDefinitions.filter(({ looks }) => looks.settings !== undefined);
  expect(kinds.map(({ looks }) => looks.settings?.title)).toEqual(["Felix", "BGP", "IPAM"]);
  for (const definition of kinds) {
    const { spec } = definition.openApi()["properties"] as { readonly spec: JsonSchema };
    const groups = definition.looks.settings!.groups;
    const shown = groups.flatMap(({ fields }) => fields);
    // Whom an object is for is no setting.
    const fields = Object.keys(spec["properties"] as object).filter((field) => field !== "nodeSelector");
    expect(shown.toSorted()).toEqual(fields.toSorted());
    expect(groups.filter((group) => group.fields.length === 0)).toEqual([]);
  }
});
