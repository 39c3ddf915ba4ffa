import { existsSync, globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const documents = ["README.md", "ARCHITECTURE.md", ...globSync("docs/decisions/*.md", { cwd: root })];
const read = (path: string): string => readFileSync(resolve(root, path), "utf8");
const found = (pattern: RegExp): readonly string[] => [
  ...new Set(documents.flatMap((path) => [...read(path).matchAll(pattern)].map(([, what]) => what!))),
];

test("every script that the documents run is one of package.json", () => {
  const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
  expect(found(/npm run (?:-s )?([a-z:-]+)/g).filter((name) => scripts[name] === undefined)).toEqual([]);
});

test("every command that the documents give is one of percale", () => {
  const sources = globSync("apps/cli/src/**/*.ts", { cwd: root, exclude: (path) => path.endsWith(".test.ts") })
    .map(read)
    .join("\n");
  const verbs = found(/(?:npx |`)percale ([a-z]+)/g);
  expect(verbs.length).toBeGreaterThan(3);
  expect(verbs.filter((verb) => !new RegExp(`\\.command\\("${verb}\\b|name: "${verb}"`).test(sources))).toEqual([]);
});

test("every file and folder that the documents name is there", () => {
  const links = found(/\]\((?!https?:)([^)#\s]+)/g).filter(
    (path) =>
      !path.includes("../") && !existsSync(resolve(root, path)) && !existsSync(resolve(root, "docs/decisions", path)),
  );
  const paths = found(/`((?:apps|packages|scripts|docs|prisma|playwright)\/[\w./-]+)`/g).filter(
    (path) => !existsSync(resolve(root, path)),
  );
  expect([...links, ...paths]).toEqual([]);
});
