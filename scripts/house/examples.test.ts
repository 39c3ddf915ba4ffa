import { readFileSync, globSync } from "node:fs";
import { resolve } from "node:path";
import * as daemon from "@percale/daemon";
import * as policy from "@percale/policy";
import * as protocol from "@percale/protocol";
import * as resources from "@percale/resources";
import * as memory from "@percale/store/memory";
import * as testkit from "@percale/testkit";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const packages = globSync("packages/*/src/index.ts", { cwd: root }).sort();
/** What examples may name beside their own package's exports. */
const HOUSE: Readonly<Record<string, unknown>> = {
  ...testkit,
  ...policy,
  ...resources,
  ...protocol,
  ...daemon,
  ...memory,
};
/** What a line of an example comes to: `expression; // value`. */
const CLAIM = /^(.*?);? \/\/ → (.*)$/;

/** The lines that stand four further in than the first doc comment's text. */
function exampleOf(path: string): string {
  const [comment = ""] = /^\/\*\*[\s\S]*?\*\//.exec(readFileSync(resolve(root, path), "utf8")) ?? [];
  return comment
    .split("\n")
    .flatMap((line) => /^ \* {5}(.*)$/.exec(line)?.[1] ?? [])
    .join("\n");
}

test.each(packages)("the example of %s runs, and comes to what it says", async (path) => {
  const example = exampleOf(path);
  expect(example).toMatch(CLAIM_SOMEWHERE);
  const face = { ...HOUSE, ...((await import(resolve(root, path))) as Readonly<Record<string, unknown>>) };
  const claims: [string, unknown, unknown][] = [];
  const body = example.split("\n").map((line) => {
    const claim = CLAIM.exec(line);
    return claim === null ? line : `claim(${JSON.stringify(line)}, ${claim[1]}, ${claim[2]});`;
  });
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is our own, from this repository
  const run = new Function(...Object.keys(face), "claim", `return (async () => {\n${body.join("\n")}\n})();`) as (
    ...values: readonly unknown[]
  ) => Promise<void>;
  await run(...Object.values(face), (line: string, is: unknown, said: unknown) => claims.push([line, is, said]));
  for (const [line, is, said] of claims) expect(is, line).toEqual(said);
});

const CLAIM_SOMEWHERE = /\/\/ → /;
