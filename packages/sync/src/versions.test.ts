import { expect, test } from "vitest";
import { chooseLevel } from "./versions.ts";

test.each([
  { name: "one that names a single level", schemaLevel: 1, chosen: { level: 1 } },
  { name: "one like the server", schemaLevel: 2, minSchemaLevel: 1, chosen: { level: 2 } },
  { name: "a newer one that still speaks the old", schemaLevel: 9, minSchemaLevel: 2, chosen: { level: 2 } },
  {
    name: "one that is too new",
    schemaLevel: 9,
    minSchemaLevel: 3,
    chosen: { fault: "this server speaks schema levels 1 to 2, got 3 to 9" },
  },
  {
    name: "one that is too old",
    schemaLevel: 0,
    chosen: { fault: "this server speaks schema levels 1 to 2, got 0 to 0" },
  },
  {
    name: "one whose range is none",
    schemaLevel: 1,
    minSchemaLevel: 2,
    chosen: { fault: "this server speaks schema levels 1 to 2, got 2 to 1" },
  },
])("$name gets the highest level that both speak, or both ranges", ({ chosen, ...hello }) => {
  expect(chooseLevel(hello)).toEqual(chosen);
});
