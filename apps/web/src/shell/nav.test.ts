import { expect, test } from "vitest";
import { entryOf, jumpTarget, NAV, prefersSlimRail } from "./nav.ts";

test("every object page belongs to the rail entry of its task", () => {
  expect(entryOf("/")?.title).toBe("Overview");
  expect(entryOf("/networkpolicies/shop/allow-web")?.title).toBe("Policies");
  expect(entryOf("/new/ippools")?.title).toBe("IP pools");
  expect(entryOf("/felixconfigurations/default")?.title).toBe("Settings");
  expect(entryOf("/nowhere")).toBeUndefined();
});

test("jump keys are unique", () => {
  const keys = NAV.flatMap((group) => group.entries.flatMap((entry) => entry.key ?? []));
  expect(new Set(keys).size).toBe(keys.length);
  expect(jumpTarget("p")).toBe("/policies");
  expect(jumpTarget("z")).toBeUndefined();
});

test("picture pages get the slim rail", () => {
  expect(prefersSlimRail("/policies")).toBe(true);
  expect(prefersSlimRail("/nodes/node-1")).toBe(false);
});
