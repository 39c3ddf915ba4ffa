import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { prose, table } from "./markdown.ts";
import { referencePages } from "./pages.ts";

const folder = resolve(import.meta.dirname, "../../docs/reference");
const pages = referencePages();

test("the reference has a page for each register and no other", () => {
  expect(readdirSync(folder).sort()).toEqual([...pages.keys()].sort());
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
        const where = file === "" ? name : file!;
        return !pages.has(where) || (target !== undefined && !headings(where).includes(target));
      })
      .map(([link]) => `${name}: ${link}`),
  );
  expect(dead).toEqual([]);
});

test("cells and tags of a text are text", () => {
  expect(table(["a"], [["x | y"]])).toBe("| a |\n| --- |\n| x \\| y |");
  expect(prose("get <kind>, `get <kind>`")).toBe("get \\<kind>, `get <kind>`");
});
