/** `npm run docs`: writes what is made of declarations: the pages of `docs/reference`, and the catalog of kinds that browsers have. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { briefFacts, resourceDefinitions } from "@percale/resources";
import { referencePages } from "./reference/pages.ts";

const folder = join(import.meta.dirname, "../docs/reference");
mkdirSync(join(folder, "kinds"), { recursive: true });
for (const [name, text] of referencePages()) writeFileSync(join(folder, name), text);

const catalog = join(import.meta.dirname, "../packages/resources/src/catalog.json");
writeFileSync(catalog, `${JSON.stringify(resourceDefinitions.map(briefFacts), null, 2)}\n`);
const lists = resourceDefinitions.map(({ kind, description, columns }) => [kind, { description, columns }]);
writeFileSync(catalog.replace(".json", "-lists.json"), `${JSON.stringify(Object.fromEntries(lists), null, 2)}\n`);
