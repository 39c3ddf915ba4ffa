import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { prose, table } from "./markdown.ts";
import { referencePages } from "./pages.ts";

const folder = resolve(import.meta.dirname, "../../docs/reference");
const pages = referencePages();

test("the reference has a page for each register and each kind, and no other", () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  expect(files.sort()).toEqual([...pages.keys()].sort());
});

test.each([...pages])("%s says what its register says: else run `npm run docs`", (name, text) => {
  expect(readFileSync(join(folder, name), "utf8")).toBe(text);
});

test("links between pages and to headings lead somewhere", () => {
  const headings = (name: string): string[] =>
    [...(pages.get(name) ?? "").matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!.toLowerCase());
  const dead = [...pages].flatMap(([name, text]) =>
    [...text.matchAll(/\]\((?!https:)([^)#]*)(?:#([^)]*))?\)/g)]
      .filter(([, file, target]) => {
        const where = file === "" ? name : join(dirname(name), file!);
        const isFolder = existsSync(join(folder, where, ".")) && statSync(join(folder, where)).isDirectory();
        return (!pages.has(where) && !isFolder) || (target !== undefined && !headings(where).includes(target));
      })
      .map(([link]) => `${name}: ${link}`),
  );
  expect(dead).toEqual([]);
});

test("cells and tags of a text are text", () => {
  expect(table(["a"], [["x | y"]])).toBe("| a |\n| --- |\n| x \\| y |");
  expect(prose("get <kind>, `get <kind>`")).toBe("get \\<kind>, `get <kind>`");
});
