import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { chooseModules, MODULES } from "./modules.mjs";

const root = resolve(import.meta.dirname, "../..");

test("words choose benches by a part of their names, no word chooses all", () => {
  expect(chooseModules(["ap"]).map(({ name }) => name)).toEqual(["api"]);
  expect(chooseModules([])).toBe(MODULES);
});

test("a word that names none is refused with those there are", () => {
  expect(() => chooseModules(["dashboard"])).toThrow(
    "there is no bench called dashboard: one of policy, evaluator, nft, agent, store, api, holds, stream, attachments, cli, path, web",
  );
});

test.each(MODULES)(
  "the bench $name is there and has set-up install the browser that it starts",
  ({ file, needs = [] }) => {
    expect(existsSync(join(root, file))).toBe(true);
    const startsBrowser = readFileSync(join(root, file), "utf8").includes("launchBrowser");
    expect(needs.some(({ program }) => program === "chromium")).toBe(startsBrowser);
  },
);
