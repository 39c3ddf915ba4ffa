import { readFileSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { CniCode, conditionAreas } from "@percale/protocol";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const DOCSTRING = /\/\*\*[^]*?\*\//g;
const REGISTER = "packages/protocol/src/conditions/";

const sources = ["packages", "apps", "scripts"]
  .flatMap((area) =>
    readdirSync(join(root, area), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name) && !/node_modules|\.next|generated/.test(name))
      .filter((name) => !/\.test\.tsx?$|(?:^|\/)(?:testdata|bench|torture|testkit)\//.test(name))
      .map((name) => relative(root, join(root, area, name))),
  )
  .filter((file) => !file.startsWith(REGISTER))
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8").replaceAll(DOCSTRING, "") }));

const codes = conditionAreas.flatMap(({ kinds }) => kinds.map(({ code }) => code));

test("a condition's code stands in the register and nowhere else", () => {
  // An error's class may bear the same name: that is no code.
  const literal = new RegExp(String.raw`(?<!name = )["'\`](?:${codes.join("|")})["'\` ]`);
  const found = sources.filter(({ text }) => literal.test(text));
  expect(found.map(({ file }) => file)).toEqual([]);
});

test("nobody words a condition outside the register", () => {
  const words = /\bseverity: (?!z\.)[^;]{0,600}\badvice:/;
  const found = sources.filter(({ text }) => words.test(text));
  expect(found.map(({ file }) => file)).toEqual([]);
});

test("the native CNI client gives codes of the register, and gives them by its names", () => {
  const source = readFileSync(join(root, "apps/cni/native/cni.c"), "utf8");
  const names = [...source.matchAll(/^\tCNI_(\w+) = (\d+),$/gm)].map(([, name, code]) => [camel(name!), Number(code)]);
  const given = [...source.matchAll(/\bfail\((?!int\b)CNI_(\w+)/g)].map(([, name]) => camel(name!));
  expect(names).toEqual(names.map(([name]) => [name, CniCode[name as keyof typeof CniCode]]));
  expect(new Set(given)).toEqual(new Set(names.map(([name]) => name)));
  expect(source.match(/\bfail\(\d/g)).toBeNull();
});

test("CNI codes are told apart", () => {
  const all = Object.values(CniCode);
  expect(new Set(all).size).toBe(all.length);
});

test("a program ends with a code of the register, never with a bare number", () => {
  const bare = /\bprocess\.exit\(\d|\bexitCode = \d|new ExitError\([^;]*\bcode: \d/;
  const found = sources.filter(({ file, text }) => file.startsWith("apps/") && bare.test(text));
  expect(found.map(({ file }) => file)).toEqual([]);
});

/** `TRY_LATER` → `tryLater`. */
function camel(name: string): string {
  return name.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
