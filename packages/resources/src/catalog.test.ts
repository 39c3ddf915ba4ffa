import { expect, test } from "vitest";
import { kinds } from "./catalog.ts";
import { kindFacts, resourceDefinitions } from "./index.ts";

test("the catalog holds of every kind what its declaration says: `npm run docs` writes it anew", () => {
  expect(kinds).toEqual(JSON.parse(JSON.stringify(resourceDefinitions.map(kindFacts))));
});
