import { expect, test } from "vitest";
import { hasRight, type Right } from "./authorize.ts";
import { testAuthorizer } from "../testdata/test-authorizer.ts";
import { ROLES } from "./roles.ts";

const RIGHTS: readonly Right[] = ["read", "write", "metrics", "sync", "lab", "admin", "look", "policy"];

test("each group that is explained has these rights, and nobody else has any", () => {
  const authorizer = testAuthorizer();
  const rightsOf = (groups: readonly string[]) =>
    RIGHTS.filter((right) => hasRight({ user: "system:node:n1", groups, method: "token", authorizer }, right)).join(
      " ",
    );
  expect(ROLES.map(({ group }) => [group, rightsOf([group])])).toEqual([
    ["system:masters", "read write metrics sync lab admin look policy"],
    ["percale:editors", "read write metrics look policy"],
    ["percale:viewers", "read metrics look policy"],
    ["system:monitoring", "metrics"],
    ["system:nodes", "sync"],
  ]);
  expect(rightsOf(["some:group"])).toBe("");
});
