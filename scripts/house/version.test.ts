import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { VERSION } from "@percale/protocol";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

test("one version stands everywhere", () => {
  const others = globSync(["package.json", "{packages,apps}/*/package.json"], { cwd: root }).flatMap((path) => {
    const { version, dependencies, devDependencies } = JSON.parse(
      readFileSync(resolve(root, path), "utf8"),
    ) as Manifest;
    const needs = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) =>
      name.startsWith("@percale/"),
    );
    return [version, ...needs.map(([, of]) => of)].filter((one) => one !== VERSION).map((one) => `${path}: ${one}`);
  });
  expect(others).toEqual([]);
});
