import { expect, test } from "vitest";
import { ADMIN_GROUP, ANONYMOUS, EDITOR_GROUP, NODES_GROUP, VIEWER_GROUP } from "../auth/identity.ts";
import type { Identity } from "../auth/identity.ts";
import { testAuthorizer } from "../testdata/test-authorizer.ts";
import { reviewAccess } from "./reviews.ts";

const who = (user: string, ...groups: string[]): Identity => ({
  user,
  groups,
  method: "token",
  authorizer: testAuthorizer(),
});
const [admin, editor, viewer] = [who("ada", ADMIN_GROUP), who("ed", EDITOR_GROUP), who("vi", VIEWER_GROUP)];
const node = who("system:node:n1", NODES_GROUP);

test.each<[identity: Identity, verb: string, resource: string | undefined, allowed: boolean]>([
  [admin, "*", "*", true],
  [admin, "*", "ipamblocks", true],
  [admin, "get", "unheardof", false],
  [admin, "get", undefined, false],
  [editor, "get", undefined, false],
  [editor, "*", "networkpolicies", true],
  [editor, "update", "ipamblocks", false],
  [editor, "*", "ipamblocks", false], // it may get them
  [viewer, "get", "ipamblocks", true],
  [viewer, "get", "*", false], // what is not a kind of ours it may not
  [viewer, "*", "*", false],
  [viewer, "create", "networkpolicies", false],
  [node, "create", "workloadendpoints", true],
  [node, "*", "workloadendpoints", true],
  [node, "update", "profiles", false],
  [ANONYMOUS, "get", "networkpolicies", false],
])("whether %o may %s %s: %s", (identity, verb, resource, allowed) => {
  const group = "projectcalico.org";
  const spec = { resourceAttributes: { verb, group, ...(resource !== undefined && { resource }), namespace: "shop" } };
  expect(reviewAccess(identity, { kind: "SelfSubjectAccessReview", spec })).toEqual({
    spec,
    status: {
      allowed,
      reason: expect.stringMatching(allowed ? /^(RBAC: allowed by|the group|node n1)/ : /no role|no such/),
    },
  });
});

test.each([
  ["nothing", undefined],
  ["no spec", {}],
  ["no verb", { spec: { resourceAttributes: { resource: "tiers" } } }],
])("a review with %s is a bad request", (_, question) => {
  expect(() => reviewAccess(admin, question)).toThrow(expect.objectContaining({ reason: "BadRequest" }));
});

test("a review asks about one thing, a resource or a path", () => {
  const [nonResourceAttributes, resourceAttributes] = [
    { verb: "get", path: "/metrics" },
    { verb: "get", resource: "tiers" },
  ];
  expect(reviewAccess(viewer, { spec: { nonResourceAttributes } })).toMatchObject({ status: { allowed: true } });
  for (const spec of [{ nonResourceAttributes, resourceAttributes }, {}])
    expect(() => reviewAccess(admin, { spec })).toThrow(expect.objectContaining({ reason: "Invalid" }));
});
