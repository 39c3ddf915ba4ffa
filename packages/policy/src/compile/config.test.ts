import { expect, test } from "vitest";
import { configLayer, DEFAULT_CONFIG, resolveConfig } from "./config.ts";

const withInterval = (nftablesRefreshInterval: unknown): number => {
  const spec = { nftablesRefreshInterval };
  const layer = configLayer({ apiVersion: "", kind: "FelixConfiguration", metadata: { name: "default" }, spec });
  return resolveConfig([layer], { name: "n1", labels: {} }).refreshIntervalMs;
};

test("tables are looked at as often as somebody says, or never", () => {
  expect(["1s", "1m30s", "596h31m23s", "0", "0s"].map(withInterval)).toEqual([1_000, 90_000, 2_147_483_000, 0, 0]);
});

test.each(["1ns", "999ms", "596h31m24s", "2562047h", "-1s", "soon", 5])(
  "an interval of %j that no timer keeps, kept by an older version, is none: the default counts",
  (text) => {
    expect(withInterval(text)).toBe(DEFAULT_CONFIG.refreshIntervalMs);
  },
);
