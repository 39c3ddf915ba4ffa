import { apiVersionOf, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RbacAuthorizer } from "./rbac-authorizer.ts";
import type { Attributes, PolicyRule } from "./rule.ts";

const RBAC = "rbac.authorization.k8s.io";
const object = (kind: string, name: string, namespace: string | undefined, fields: object) =>
  ({
    apiVersion: apiVersionOf(kind),
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    ...fields,
  }) as unknown as KubeObject;
const role = (name: string, rules: readonly PolicyRule[], namespace?: string): KubeObject =>
  object(namespace === undefined ? "ClusterRole" : "Role", name, namespace, { rules });
const binding = (name: string, of: string, subjects: readonly object[], namespace?: string): KubeObject => {
  const [kind, roleName] = of.split("/");
  return object(namespace === undefined ? "ClusterRoleBinding" : "RoleBinding", name, namespace, {
    roleRef: { apiGroup: RBAC, kind, name: roleName },
    subjects,
  });
};

const pods: PolicyRule = { verbs: ["get"], apiGroups: [""], resources: ["pods"] };
const ada = { user: "ada", groups: ["devs"] };
const getPods = (namespace?: string): Attributes => ({
  verb: "get",
  group: "",
  resource: "pods",
  ...(namespace !== undefined && { namespace }),
});

test.each<[name: string, objects: KubeObject[], namespace: string | undefined, allowed: boolean]>([
  ["nothing at all", [role("r", [pods])], "shop", false],
  [
    "a user's cluster role",
    [role("r", [pods]), binding("b", "ClusterRole/r", [{ kind: "User", name: "ada" }])],
    "shop",
    true,
  ],
  [
    "it for all namespaces",
    [role("r", [pods]), binding("b", "ClusterRole/r", [{ kind: "User", name: "ada" }])],
    undefined,
    true,
  ],
  ["a group's", [role("r", [pods]), binding("b", "ClusterRole/r", [{ kind: "Group", name: "devs" }])], "shop", true],
  [
    "a group that is named as the user",
    [role("r", [pods]), binding("b", "ClusterRole/r", [{ kind: "Group", name: "ada" }])],
    "shop",
    false,
  ],
  [
    "a cluster role within a namespace",
    [role("r", [pods]), binding("b", "ClusterRole/r", [{ kind: "User", name: "ada" }], "shop")],
    "shop",
    true,
  ],
  [
    "it in another namespace",
    [role("r", [pods]), binding("b", "ClusterRole/r", [{ kind: "User", name: "ada" }], "shop")],
    "prod",
    false,
  ],
  [
    "it for all namespaces, of one",
    [role("r", [pods]), binding("b", "ClusterRole/r", [{ kind: "User", name: "ada" }], "shop")],
    undefined,
    false,
  ],
  [
    "a role of the namespace",
    [role("r", [pods], "shop"), binding("b", "Role/r", [{ kind: "User", name: "ada" }], "shop")],
    "shop",
    true,
  ],
  [
    "another namespace's role of the name",
    [role("r", [pods], "prod"), binding("b", "Role/r", [{ kind: "User", name: "ada" }], "shop")],
    "shop",
    false,
  ],
  ["a role that is not there", [binding("b", "ClusterRole/r", [{ kind: "User", name: "ada" }])], "shop", false],
  [
    "a service account of the name",
    [role("r", [pods]), binding("b", "ClusterRole/r", [{ kind: "ServiceAccount", name: "ada", namespace: "shop" }])],
    "shop",
    false,
  ],
])("ada, who has %s", (_, objects, namespace, allowed) => {
  const authorizer = new RbacAuthorizer();
  for (const one of objects) authorizer.put(one);
  expect(authorizer.decide(ada, getPods(namespace)).allowed).toBe(allowed);
});

test("a service account is a user by its full name", () => {
  const authorizer = new RbacAuthorizer();
  authorizer.reset([
    role("r", [pods]),
    binding("b", "ClusterRole/r", [{ kind: "ServiceAccount", name: "web", namespace: "shop" }]),
  ]);
  const web = { user: "system:serviceaccount:shop:web", groups: [] };
  expect(authorizer.decide(web, getPods("shop"))).toEqual({
    allowed: true,
    reason: 'RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "r" to ServiceAccount "web"',
  });
});

test("administrators need no role, whatever roles there are", () => {
  const root = { user: "root", groups: ["system:masters"] };
  expect(new RbacAuthorizer().decide(root, getPods()).allowed).toBe(true);
  expect(new RbacAuthorizer().held(root)).toHaveLength(2);
});

test("no question is answered for another that only reads the same", () => {
  const authorizer = new RbacAuthorizer();
  const rules = [{ verbs: ["get"], apiGroups: ["*"], resources: ["pods"], resourceNames: ["x"] }];
  authorizer.reset([role("r", rules), binding("b", "ClusterRole/r", [{ kind: "User", name: "ada" }])]);
  const odd = { verb: "get", group: " tiers  ", resource: "pods", name: "x" };
  expect(authorizer.decide(ada, odd).allowed).toBe(true);
  for (const asked of [
    { verb: "get", group: "", resource: "tiers", name: " pods   x" },
    { verb: "get", group: "", resource: "tiers", subresource: "", namespace: "", name: "pods   x" },
  ])
    expect(authorizer.decide(ada, asked).allowed).toBe(false);
});

const name = fc.constantFrom("a", "b");
const namespace = fc.constantFrom("shop", "prod", undefined);
const anyRule = fc.record({
  verbs: fc.subarray(["get", "list"], { minLength: 1 }),
  apiGroups: fc.constant([""]),
  resources: fc.subarray(["pods", "nodes"], { minLength: 1 }),
});
const anyRole = fc
  .record({ name, namespace, rules: fc.array(anyRule, { maxLength: 2 }) })
  .map((one) => role(one.name, one.rules, one.namespace));
const subject = fc.constantFrom(
  { kind: "User", name: "ada" },
  { kind: "Group", name: "devs" },
  { kind: "User", name: "bob" },
);
const anyBinding = fc
  .record({
    name,
    namespace,
    of: name,
    kind: fc.constantFrom("Role", "ClusterRole"),
    subjects: fc.array(subject, { maxLength: 2 }),
  })
  .map((one) =>
    binding(
      one.name,
      `${one.namespace === undefined ? "ClusterRole" : one.kind}/${one.of}`,
      one.subjects,
      one.namespace,
    ),
  );
const step = fc.oneof(
  fc.oneof(anyRole, anyBinding).map((put) => ({ put, isGone: false })),
  fc.oneof(anyRole, anyBinding).map((put) => ({ put, isGone: true })),
);

test("after any changes it answers as one that begins with what is there", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const [changed, there] = [new RbacAuthorizer(), new Map<string, KubeObject>()];
      for (const { put, isGone } of steps) {
        const key = JSON.stringify(refOf(put));
        changed.decide(ada, getPods("shop")); // what is remembered must be forgotten
        if (isGone) changed.remove(refOf(put));
        else changed.put(put);
        if (isGone) there.delete(key);
        else there.set(key, put);
      }
      const fresh = new RbacAuthorizer();
      fresh.reset([...there.values()]);
      for (const one of [ada, { user: "bob", groups: [] }])
        for (const at of ["shop", "prod", undefined])
          for (const verb of ["get", "list"])
            for (const resource of ["pods", "nodes"]) {
              const asked = { verb, group: "", resource, ...(at !== undefined && { namespace: at }) };
              expect(changed.decide(one, asked).allowed).toBe(fresh.decide(one, asked).allowed);
            }
    }),
  );
});

test("a name with a line break is nobody else with a group, whoever asked before", () => {
  const authorizer = new RbacAuthorizer();
  authorizer.reset([role("r", [pods]), binding("b", "ClusterRole/r", [{ kind: "Group", name: "devs" }])]);
  expect(authorizer.decide({ user: "ada", groups: ["devs", "all"] }, getPods()).allowed).toBe(true);
  expect(authorizer.decide({ user: "ada\ndevs", groups: ["all"] }, getPods()).allowed).toBe(false);
});
