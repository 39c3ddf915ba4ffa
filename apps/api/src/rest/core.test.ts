import { expect, test } from "vitest";
import { ADMIN_GROUP, ANONYMOUS, EDITOR_GROUP, NODES_GROUP, VIEWER_GROUP } from "../auth/identity.ts";
import type { Identity } from "../auth/identity.ts";
import { reviewAccess } from "./core.ts";

const who = (user: string, ...groups: string[]): Identity => ({ user, groups, method: "token" });
const [admin, editor, viewer] = [who("ada", ADMIN_GROUP), who("ed", EDITOR_GROUP), who("vi", VIEWER_GROUP)];
const node = who("system:node:n1", NODES_GROUP);

test.each<[identity: Identity, verb: string, resource: string | undefined, allowed: boolean]>([
  [admin, "*", "*", true],
  [admin, "*", "ipamblocks", true],
  [admin, "get", "unheardof", false],
  [admin, "get", undefined, false],
  [editor, "*", "networkpolicies", true],
  [editor, "update", "ipamblocks", false],
  [editor, "*", "ipamblocks", false], // it may get them
  [viewer, "get", "ipamblocks", true],
  [viewer, "get", "*", true],
  [viewer, "*", "*", false],
  [viewer, "create", "networkpolicies", false],
  [node, "create", "workloadendpoints", true],
  [node, "*", "workloadendpoints", true],
  [node, "update", "profiles", false],
  [ANONYMOUS, "get", "networkpolicies", false],
])("whether %o may %s %s: %s", (identity, verb, resource, allowed) => {
  const spec = { resourceAttributes: { verb, ...(resource !== undefined && { resource }), namespace: "shop" } };
  const reason = `${identity.user} has no role that allows it`;
  expect(reviewAccess(identity, { kind: "SelfSubjectAccessReview", spec })).toEqual({
    kind: "SelfSubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec,
    status: allowed ? { allowed } : { allowed, reason },
  });
});

test.each([
  ["nothing", undefined],
  ["no spec", {}],
  ["a question of a path", { spec: { nonResourceAttributes: { verb: "get", path: "/metrics" } } }],
  ["no verb", { spec: { resourceAttributes: { resource: "tiers" } } }],
])("a review with %s is a bad request", (_, question) => {
  expect(() => reviewAccess(admin, question)).toThrow(expect.objectContaining({ reason: "BadRequest" }));
});
