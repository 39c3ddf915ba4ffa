/** `npm run docs`: writes the pages of `docs/reference` from the registers. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { referencePages } from "./reference/pages.ts";

const folder = join(import.meta.dirname, "../docs/reference");
mkdirSync(folder, { recursive: true });
for (const [name, text] of referencePages()) writeFileSync(join(folder, name), text);
