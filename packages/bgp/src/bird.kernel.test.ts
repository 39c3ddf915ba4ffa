import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { renderBirdConfig } from "./index.ts";
import { clusters } from "./testdata/clusters.ts";

const directory = mkdtempSync(join(tmpdir(), "percale-bgp-"));
afterAll(() => rmSync(directory, { recursive: true }));

test.each(Object.keys(clusters))("BIRD itself accepts cluster %s", (name) => {
  const path = join(directory, `${name}.conf`);
  writeFileSync(path, renderBirdConfig(clusters[name]!).text);
  expect(execFileSync("bird", ["-p", "-c", path], { stdio: "pipe" }).toString()).toBe("");
});
