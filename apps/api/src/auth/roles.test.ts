import { expect, test } from "vitest";
import { hasRight, type Right } from "./authorize.ts";
import { ROLES } from "./roles.ts";

const RIGHTS: readonly Right[] = ["read", "write", "metrics", "sync", "lab", "admin", "impersonate"];

test("each group that is explained has these rights, and nobody else has any", () => {
  const rightsOf = (groups: readonly string[]) =>
    RIGHTS.filter((right) => hasRight({ user: "system:node:n1", groups, method: "token" }, right)).join(" ");
  expect(ROLES.map(({ group }) => [group, rightsOf([group])])).toEqual([
    ["system:masters", "read write metrics sync lab admin impersonate"],
    ["percale:editors", "read write metrics"],
    ["percale:viewers", "read metrics"],
    ["system:monitoring", "metrics"],
    ["system:nodes", "sync"],
  ]);
  expect(rightsOf(["some:group"])).toBe("");
});
