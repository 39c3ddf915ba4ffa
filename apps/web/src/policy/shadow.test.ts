import { expect, test } from "vitest";
import { shadowersOf } from "./shadow.ts";

const policy = { kind: "NetworkPolicy", namespace: "shop", name: "deny-all" };

test("who shadows a policy is named as people name it", () => {
  expect([[policy], [{ kind: "Tier", name: "security" }], [policy, policy, policy]].map(shadowersOf)).toEqual([
    "shop/deny-all",
    "the end of tier security",
    "shop/deny-all and 2 more",
  ]);
});
