import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { code, page, prose, table } from "./markdown.ts";

const root = resolve(import.meta.dirname, "../..");
const DAEMONS = [
  ["Every daemon", "packages/daemon/src"],
  ["API server", "apps/api/src"],
  ["Node agent", "apps/node-agent/src"],
] as const;

/** A metric's declaration in any of its forms: name and help side by side, then perhaps its labels. */
const DECLARATION = /"(percale_\w+)",\s*(?:help:\s*)?["`]([^"`]+)["`](?:,\s*labelNames: \[([^\]]*)\])?/g;

/** What each daemon counts, as the sources declare it. */
export function metricsPage(): string {
  return page(
    "Metrics",
    "the sources of the daemons",
    "Beside these each daemon exports its process' own figures (`process_*`, `nodejs_*`). The README says who may scrape them.",
    ...DAEMONS.flatMap(([daemon, folder]) => [
      `## ${daemon}`,
      table(["metric", "labels", "what it is"], rowsOf(folder)),
    ]),
  );
}

function rowsOf(folder: string): string[][] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .flatMap((name) => declaredIn(readFileSync(join(root, folder, name), "utf8")))
    .sort(([a], [b]) => (a! < b! ? -1 : 1));
}

function declaredIn(source: string): string[][] {
  const constant = (name: string): string => new RegExp(`const ${name} = ([^;]+);`).exec(source)?.[1] ?? name;
  return [...source.matchAll(DECLARATION)].map(([, name, help, labels = ""]) => [
    code(name!),
    code(labels.replaceAll('"', "")),
    prose(help!.replaceAll(/\$\{(\w+)\}/g, (_, named: string) => constant(named))),
  ]);
}
