import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAnyApi } from "../../testdata/any-store-api.ts";
import { NETWORK_SETS, networkSet } from "../../testdata/test-api.ts";
import type { Answer, TestApi } from "../../testdata/test-api.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const API = "/apis/projectcalico.org/v3";
let server: TestApi;
beforeAll(async () => {
  server = await startAnyApi();
});
afterAll(() => server.stop());

async function tokenOf(subject: string, ...groups: string[]): Promise<string> {
  const answer = await server.call("/trpc/access.createToken", { method: "POST", body: { subject, groups } });
  return answer.body.result.data.token as string;
}

const object = (kind: string, name: string, fields: object, namespace?: string): object => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  ...fields,
});
const make = (plural: string, body: object, token?: string): Promise<Answer> =>
  server.call(`${RBAC}/${plural}`, { method: "POST", body, ...(token !== undefined && { token }) });
const sets = { verbs: ["get", "list", "create"], apiGroups: ["projectcalico.org"], resources: ["networksets"] };

/** Rights follow the log a moment later: the answer once it is the one that is waited for, or the last. */
async function eventually(code: number, ask: () => Promise<Answer>): Promise<number> {
  for (let tries = 0; ; tries++) {
    const answer = await ask();
    if (answer.code === code || tries === 100) return answer.code;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("a role that is bound in a namespace counts there and nowhere else, until the binding goes", async () => {
  const token = await tokenOf("dora");
  expect((await server.call(NETWORK_SETS, { token })).code).toBe(403);
  await make("namespaces/default/roles", object("Role", "sets", { rules: [sets] }, "default"));
  const bound = object(
    "RoleBinding",
    "dora",
    { roleRef: { kind: "Role", name: "sets" }, subjects: [{ kind: "User", name: "dora" }] },
    "default",
  );
  expect((await make("namespaces/default/rolebindings", bound)).code).toBe(201);
  expect(await eventually(200, () => server.call(NETWORK_SETS, { token }))).toBe(200);
  expect((await server.call(NETWORK_SETS, { method: "POST", body: networkSet("doras"), token })).code).toBe(201);
  expect((await server.call(`${API}/namespaces/other/networksets`, { token })).code).toBe(403);
  expect((await server.call(`${API}/networksets`, { token })).code).toBe(403);
  await server.call(`${RBAC}/namespaces/default/rolebindings/dora`, { method: "DELETE" });
  expect(await eventually(403, () => server.call(NETWORK_SETS, { token }))).toBe(403);
});

describe("nobody gives rights that he lacks", () => {
  let token: string;
  beforeAll(async () => {
    token = await tokenOf("eve");
    const rules = [
      {
        verbs: ["*"],
        apiGroups: ["rbac.authorization.k8s.io"],
        resources: ["roles", "clusterroles", "rolebindings", "clusterrolebindings"],
      },
    ];
    // `*` is every verb, `escalate` and `bind` too: each is named.
    rules[0]!.verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];
    await make("clusterroles", object("ClusterRole", "rights", { rules: [...rules, sets] }));
    await make(
      "clusterrolebindings",
      object("ClusterRoleBinding", "eve", {
        roleRef: { kind: "ClusterRole", name: "rights" },
        subjects: [{ kind: "User", name: "eve" }],
      }),
    );
    expect(await eventually(200, () => server.call(`${RBAC}/clusterroles`, { token }))).toBe(200);
  });

  test.each<[what: string, code: number, plural: string, body: object]>([
    ["a role of what she has", 201, "clusterroles", object("ClusterRole", "mine", { rules: [sets] })],
    [
      "a role of what she lacks",
      403,
      "clusterroles",
      object("ClusterRole", "more", { rules: [{ ...sets, verbs: ["get", "delete"] }] }),
    ],
    [
      "a role that is put together of what comes",
      403,
      "clusterroles",
      object("ClusterRole", "any", { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] } }),
    ],
    [
      "a binding of the administrators' role",
      403,
      "clusterrolebindings",
      object("ClusterRoleBinding", "up", {
        roleRef: { kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "User", name: "eve" }],
      }),
    ],
    [
      "a binding of a role that may come",
      403,
      "clusterrolebindings",
      object("ClusterRoleBinding", "later", {
        roleRef: { kind: "ClusterRole", name: "none-yet" },
        subjects: [{ kind: "User", name: "eve" }],
      }),
    ],
    [
      "a binding of what she has",
      201,
      "clusterrolebindings",
      object("ClusterRoleBinding", "give", {
        roleRef: { kind: "ClusterRole", name: "rights" },
        subjects: [{ kind: "User", name: "bob" }],
      }),
    ],
  ])("%s: %i", async (_, code, plural, body) => {
    const answer = await make(plural, body, token);
    expect(answer.code).toBe(code);
    if (code === 403) expect(answer.body.message).toMatch(/not currently held|only who may bind/);
  });

  const patchRole = (name: string, body: object) =>
    server.call(`${RBAC}/clusterroles/${name}`, {
      method: "PATCH",
      token,
      body,
      headers: { "content-type": "application/merge-patch+json" },
    });

  test.each<[what: string, role: string, body: object]>([
    [
      "puts a role that is put together already together of others",
      "view",
      {
        aggregationRule: {
          clusterRoleSelectors: [{ matchLabels: { "kubernetes.io/bootstrapping": "rbac-defaults" } }],
        },
      },
    ],
    ["has a role keep the rights of others", "view", { aggregationRule: null }],
    [
      "makes the administrators' role a part of another",
      "cluster-admin",
      { metadata: { labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" } } },
    ],
  ])("who may change roles %s as little", async (_, role, body) => {
    const answer = await patchRole(role, body);
    expect([answer.code, answer.body.message]).toEqual([403, expect.stringContaining("not currently held")]);
  });

  test("a role of more permissions than can be compared is refused at once", async () => {
    const many = Array.from({ length: 3_000 }, (__, i) => `x${i}`);
    const rules = [{ verbs: many, apiGroups: many, resources: many }];
    const answer = await make("clusterroles", object("ClusterRole", "huge", { rules }), token);
    expect([answer.code, answer.body.message]).toEqual([403, expect.stringContaining("27000000000 permissions")]);
  });

  test("a role grows by what she has, in no way by what she lacks, and is otherwise free to change", async () => {
    const patch = (body: object) =>
      server.call(`${RBAC}/clusterroles/percale:viewer`, {
        method: "PATCH",
        token,
        body,
        headers: { "content-type": "application/merge-patch+json" },
      });
    expect((await patch({ metadata: { annotations: { team: "net" } } })).code).toBe(200);
    expect((await patch({ rules: [sets], metadata: { labels: { team: "net" } } })).code).toBe(200);
    expect((await patch({ rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }] })).code).toBe(403);
  });

  test("a change set is refused whole", async () => {
    const changes = ["mine2", "more2"].map((name, i) => ({
      op: "create",
      object: object("ClusterRole", name, { rules: [i === 0 ? sets : { ...sets, verbs: ["*"] }] }),
    }));
    expect((await server.call("/changesets/v1", { method: "POST", body: { changes }, token })).code).toBe(403);
    expect((await server.call(`${RBAC}/clusterroles/mine2`)).code).toBe(404);
  });
});

test("who administers a namespace gives there what he has himself, and no more", async () => {
  const token = await tokenOf("nina");
  const bound = object(
    "RoleBinding",
    "nina",
    { roleRef: { kind: "ClusterRole", name: "admin" }, subjects: [{ kind: "User", name: "nina" }] },
    "default",
  );
  expect((await make("namespaces/default/rolebindings", bound)).code).toBe(201);
  const grant = (name: string, rule: object) =>
    make("namespaces/default/roles", object("Role", name, { rules: [rule] }, "default"), token);
  expect(await eventually(201, () => grant("ninas", sets))).toBe(201);
  const impersonate = { verbs: ["impersonate"], apiGroups: [""], resources: ["serviceaccounts"] };
  expect((await grant("up", impersonate)).body.message).toContain("not currently held");
});

test("who makes tokens makes them for himself, and for others whom he may impersonate", async () => {
  const token = await tokenOf("tom", "makers");
  const rules = [
    { verbs: ["create"], apiGroups: ["access.percale.io"], resources: ["tokens"] },
    { verbs: ["impersonate"], apiGroups: [""], resources: ["groups"], resourceNames: ["percale:viewers"] },
  ];
  await make("clusterroles", object("ClusterRole", "tom", { rules }));
  const roleRef = { kind: "ClusterRole", name: "tom" };
  await make(
    "clusterrolebindings",
    object("ClusterRoleBinding", "tom", { roleRef, subjects: [{ kind: "Group", name: "makers" }] }),
  );
  const ask = (subject: string, groups: string[]) =>
    server.call("/trpc/access.createToken", { method: "POST", body: { subject, groups }, token });
  expect(await eventually(200, () => ask("tom", ["makers", "percale:viewers"]))).toBe(200);
  for (const [subject, groups] of [
    ["tom", ["system:masters"]],
    ["tom", ["percale:editors"]],
    ["ada", []],
  ] as const)
    expect((await ask(subject, [...groups])).code).toBe(403);
  const { result } = (await server.call("/trpc/access.list")).body as {
    result: { data: { id: string; subject: string; description: string }[] };
  };
  const revoke = (whose: string) =>
    server.call("/trpc/access.revoke", {
      method: "POST",
      body: { id: result.data.find(({ subject }) => subject === whose)!.id },
      token,
    });
  expect([(await revoke("admin")).code, (await revoke("eve")).code, (await revoke("tom")).code]).toEqual([
    403, 403, 200,
  ]);
});

test("a cluster role that is put together has the rules of those with its labels, as they come and go", async () => {
  const rulesOf = async () => (await server.call(`${RBAC}/clusterroles/whole`)).body.rules as unknown;
  const part = (name: string, resources: string[]) => ({
    ...object("ClusterRole", name, { rules: [{ ...sets, resources }] }),
    metadata: { name, labels: { part: "of-whole" } },
  });
  await make("clusterroles", part("part-a", ["tiers"]));
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { part: "of-whole" } }] };
  await make("clusterroles", object("ClusterRole", "whole", { aggregationRule, rules: [{ ...sets, verbs: ["*"] }] }));
  expect(await rulesOf()).toEqual([{ ...sets, resources: ["tiers"] }]);
  await make("clusterroles", part("part-b", ["ippools"]));
  expect(await rulesOf()).toEqual([["tiers"], ["ippools"]].map((resources) => ({ ...sets, resources })));
  await server.call(`${RBAC}/clusterroles/part-a`, { method: "DELETE" });
  expect(await rulesOf()).toEqual([{ ...sets, resources: ["ippools"] }]);
});

test("the role that a binding gives never changes", async () => {
  const headers = { "content-type": "application/merge-patch+json" };
  const body = { roleRef: { name: "view" } };
  const answer = await server.call(`${RBAC}/clusterrolebindings/percale:viewer`, { method: "PATCH", body, headers });
  expect(answer.code).toBe(422);
  expect(answer.body.details.causes[0]).toMatchObject({ field: "roleRef" });
});

test.each<[name: string, plural: string, body: object, field: string]>([
  [
    "a rule without verbs",
    "clusterroles",
    object("ClusterRole", "x", { rules: [{ ...sets, verbs: [] }] }),
    "rules[0].verbs",
  ],
  [
    "paths in a role of a namespace",
    "namespaces/default/roles",
    object("Role", "x", { rules: [{ verbs: ["get"], nonResourceURLs: ["/a"] }] }, "default"),
    "rules[0].nonResourceURLs",
  ],
  [
    "a service account without its namespace",
    "clusterrolebindings",
    object("ClusterRoleBinding", "x", {
      roleRef: { kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "ServiceAccount", name: "a" }],
    }),
    "subjects[0].namespace",
  ],
])("%s is refused", async (_, plural, body, field) => {
  const answer = await make(plural, body);
  expect(answer.code).toBe(422);
  expect(answer.body.details.causes.map((cause: { field: string }) => cause.field)).toEqual([field]);
});

describe("the page of access", () => {
  const ask = (question: object, token?: string) =>
    server.call(
      `/trpc/access.may?input=${encodeURIComponent(JSON.stringify(question))}`,
      token === undefined ? {} : { token },
    );

  test.each<[name: string, question: object, allowed: boolean, words: RegExp]>([
    [
      "a role",
      { user: "x", groups: ["percale:editors"], verb: "list", resource: "networkpolicies" },
      true,
      /percale:editor/,
    ],
    ["no role", { user: "x", verb: "list", resource: "networkpolicies" }, false, /no role/],
    [
      "the group's name",
      { user: "x", groups: ["percale:editors"], verb: "list", resource: "networkpolicies.networking.k8s.io" },
      true,
      /percale:editor/,
    ],
    [
      "a tier",
      { user: "x", groups: ["percale:editors"], verb: "create", resource: "networkpolicies", tier: "default" },
      true,
      /percale:editor/,
    ],
    [
      "a subresource",
      { user: "x", groups: ["percale:viewers"], verb: "update", resource: "tiers/status" },
      false,
      /no role/,
    ],
  ])("tells whether somebody may, by %s", async (_, question, allowed, words) => {
    const { data } = (await ask(question)).body.result;
    expect(data.allowed).toBe(allowed);
    expect(data.reason).toMatch(words);
  });

  test("tells nobody of others without the right to ask", async () => {
    const token = await tokenOf("vi", "percale:viewers");
    expect((await ask({ user: "vi", verb: "get", resource: "tiers" }, token)).code).toBe(200);
    expect((await ask({ user: "ada", verb: "get", resource: "tiers" }, token)).code).toBe(403);
  });

  test("lists bindings with their role and whom they are about", async () => {
    const rows = (await server.call("/trpc/access.bindings")).body.result.data as { ref: { name: string } }[];
    expect(rows.find(({ ref }) => ref.name === "percale:viewer")).toEqual({
      ref: { kind: "ClusterRoleBinding", name: "percale:viewer" },
      role: { kind: "ClusterRole", name: "percale:viewer" },
      subjects: ["Group percale:viewers"],
      isBuiltIn: true,
    });
  });
});

test("the last token of an administrator that does not end is not revoked", async () => {
  const list = (await server.call("/trpc/access.list")).body.result.data as { id: string; groups: string[] }[];
  const { id } = list.find(({ groups }) => groups.includes("system:masters"))!;
  const revoke = () => server.call("/trpc/access.revoke", { method: "POST", body: { id } });
  expect((await revoke()).body.error.message).toContain("make another first");
  const other = await tokenOf("ada", "system:masters");
  expect((await revoke()).code).toBe(200);
  expect((await server.call("/apis", { token: other })).code).toBe(200);
});
