import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { resourceDefinitions } from "@percale/resources";
import { expect, test } from "vitest";

/**
 * Who may write a kind's name as text. Everybody else asks what holds of kinds (`kindsWhere`, `definitionOf`), or, being about one of them,
 * takes its name and its types from its definition: so a coming kind is one file, and no list forgets it.
 */
const CONSUMERS: Readonly<Record<string, string>> = {
  "packages/resources/src/kinds/": "a kind's own file; kinds that look at each other would import in a circle",
  "packages/resources/src/namespaces.ts": "what all kinds in namespaces do, of which kinds are made",
  "packages/resources/src/object.ts": "what names an object, of which kinds are made",
  "apps/cli/src/output/tables.ts": "calicoctl's tables, of kinds as it knows them",
  "packages/bgp/src/sessions.ts": "Node is a sort of session here, as calicoctl prints it",
  "packages/protocol/src/conditions/objects.ts": "a sample for the reference page",
};

const root = resolve(import.meta.dirname, "../..");
const sources = globSync("{packages,apps,scripts}/**/*.{ts,tsx}", {
  cwd: root,
  exclude: (path) => /node_modules|\.next|generated/.test(path),
}).filter((path) => !/\.test\.ts$|\/(?:testdata|bench|torture|contract|testkit)\/|\/test-[\w-]+\.ts$/.test(path));

const kinds = resourceDefinitions.map(({ kind }) => kind).join("|");
/** As text, or as the key of a table. A title or label on the screen is a word, not a kind. */
const literal = new RegExp(`(?<!title: |label=)(["'\`])(?:${kinds})\\1|^ *(?:${kinds}): `, "gm");

function literalsIn(path: string): string[] {
  const text = readFileSync(resolve(root, path), "utf8")
    .replaceAll(/\/\*[^]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ""))
    .replaceAll(/(?<!["':])\/\/ .*/g, "");
  return [...text.matchAll(literal)].map(({ 0: found, index }) => {
    const line = text.slice(0, index).split("\n").length;
    return `${path}:${line}: ${found.trim()}`;
  });
}

const placeOf = (path: string): string | undefined => Object.keys(CONSUMERS).find((place) => path.startsWith(place));

test("a kind's name stands in its definition; who is about the kind takes it from there", () => {
  const found = sources.filter((path) => placeOf(path) === undefined).flatMap(literalsIn);
  expect(found).toEqual([]);
});

test("who may write kinds' names does so", () => {
  const used = new Set(sources.filter((path) => literalsIn(path).length > 0).map(placeOf));
  expect(Object.keys(CONSUMERS).filter((place) => !used.has(place))).toEqual([]);
});
