import { createNetns, deleteNetns } from "@percale/kernel";
import { DEFAULT_CONFIG } from "@percale/policy";
import type { Rule } from "@percale/policy";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Desired } from "./desired.ts";
import { NftDriver } from "./driver.ts";
import { difference, lawState, NOTHING } from "./law.states.ts";

const netns = `pn-${process.pid}`;
let driver: NftDriver;

beforeEach(() => {
  createNetns(netns);
  driver = new NftDriver({ desired: new Desired(DEFAULT_CONFIG), netns });
  driver.failClosed();
});

afterEach(() => {
  driver.close();
  deleteNetns(netns);
});

const key = (name: string) => `GlobalNetworkPolicy/${name}`;

test("an unchanged state sends nothing", () => {
  const same = fc.sample(lawState, { numRuns: 1, seed: 7 })[0]!;
  const updates = difference(NOTHING, same);
  for (const update of updates) driver.update(update);
  driver.commit();
  for (const update of updates) driver.update(update);
  expect(driver.commit().messages).toBe(0);
});

test("a rule that the kernel refuses makes its policy deny, and only that", () => {
  const any = { source: {}, destination: {} };
  const named = Array.from({ length: 50 }, (_, i) => `n:${i}`); // 250 expressions: more than a rule can hold
  const refused: Rule = { action: "allow", protocol: 6, source: {}, destination: { notNamedPorts: named } };
  const put = (name: string, ingress: readonly Rule[]) =>
    driver.update({
      t: "policy",
      policy: { key: key(name), kind: "GlobalNetworkPolicy", name, tier: "t", ingress, egress: [] },
    });
  put("bad", [{ action: "deny", protocol: 17, ...any }, refused, { action: "pass", ...any }]);
  put("good", [{ action: "allow", ...any }]);
  const report = driver.commit();
  expect(report.refused.map(({ policy }) => policy)).toEqual([key("bad")]);
  expect(driver.resync().drift.total).toBe(0);
  put("bad", [{ action: "allow", ...any }]);
  expect(driver.commit().refused).toEqual([]);
  expect(driver.refused.size).toBe(0);
});
