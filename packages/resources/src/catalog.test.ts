import { expect, test } from "vitest";
import { kinds } from "./catalog.ts";
import { listOf } from "./catalog-lists.ts";
import { kindFacts, resourceDefinitions } from "./index.ts";

test("the catalog holds of every kind what its declaration says: `npm run docs` writes it anew", () => {
  expect(kinds).toEqual(JSON.parse(JSON.stringify(resourceDefinitions.map(kindFacts))));
});

test("its lists hold of every kind what a list shows", () => {
  for (const { kind, description, columns } of resourceDefinitions)
    expect(listOf(kind)).toEqual(JSON.parse(JSON.stringify({ description, columns })));
});
