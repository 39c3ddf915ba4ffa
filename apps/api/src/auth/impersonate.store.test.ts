import { afterAll, beforeAll, expect, test } from "vitest";
import { startAnyApi } from "../testdata/any-store-api.ts";
import { NETWORK_SETS, networkSet } from "../testdata/test-api.ts";
import type { TestApi } from "../testdata/test-api.ts";

let server: TestApi;
let editor: string;
beforeAll(async () => {
  server = await startAnyApi();
  const body = { subject: "ed", groups: ["percale:editors"] };
  editor = (await server.call("/trpc/access.createToken", { method: "POST", body })).body.result.data.token as string;
});
afterAll(() => server.stop());

const whoami = async (headers: Record<string, string>) => (await server.call("/trpc/session.whoami", { headers })).body;

test("an administrator who acts as a viewer has a viewer's rights, on every door", async () => {
  const headers = { "impersonate-user": "vi", "impersonate-group": "percale:viewers" };
  const create = { method: "POST", headers, body: networkSet("one") };
  const codes = [
    await server.call(NETWORK_SETS, { headers }),
    await server.call(NETWORK_SETS, create),
    await server.call("/changesets/v1", {
      ...create,
      body: { changes: [{ op: "create", object: networkSet("one") }] },
    }),
    await server.call("/trpc/overview.summary", { headers }),
    await server.call("/trpc/access.list", { headers }),
  ].map(({ code }) => code);
  expect(codes).toStrictEqual([200, 403, 403, 200, 403]);
});

test("a name alone brings no group but those that the name implies", async () => {
  const groups = async (user: string) => (await whoami({ "impersonate-user": user })).result.data.groups as string[];
  expect(await groups("vi")).toStrictEqual(["system:authenticated"]);
  expect(await groups("system:serviceaccount:shop:web")).toStrictEqual([
    "system:serviceaccounts",
    "system:serviceaccounts:shop",
    "system:authenticated",
  ]);
});

test("history names both", async () => {
  const headers = { "impersonate-user": "ed", "impersonate-group": "percale:editors" };
  expect((await server.call(NETWORK_SETS, { method: "POST", headers, body: networkSet("by") })).code).toBe(201);
  const changes = await server.call("/trpc/changes.list?input=%7B%22limit%22%3A1%7D");
  expect(changes.body.result.data.activities[0].author).toBe("admin as ed");
});

test("uid and extras are taken on too, and are somebody's right each", async () => {
  const headers = { "impersonate-user": "vi", "impersonate-uid": "7", "impersonate-extra-example.org%2fscopes": "a" };
  const review = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  const { userInfo } = (await server.call(review, { method: "POST", body: {}, headers })).body.status;
  const extra = { "example.org/scopes": ["a"] };
  expect(userInfo).toEqual({ username: "vi", uid: "7", groups: ["system:authenticated"], extra });
  const rules = [{ verbs: ["impersonate"], apiGroups: [""], resources: ["users"] }];
  const RBAC = "/apis/rbac.authorization.k8s.io/v1";
  const metadata = { name: "mask" };
  const post = (path: string, body: object) => server.call(`${RBAC}/${path}`, { method: "POST", body });
  await post("clusterroles", { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata, rules });
  const [roleRef, subjects] = [{ kind: "ClusterRole", name: "mask" }, [{ kind: "User", name: "max" }]];
  const binding = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata,
    roleRef,
    subjects,
  };
  await post("clusterrolebindings", binding);
  const made = await server.call("/trpc/access.createToken", { method: "POST", body: { subject: "max", groups: [] } });
  const token = made.body.result.data.token as string;
  const asVi = { "impersonate-user": "vi" };
  await expect
    .poll(async () => (await server.call("/apis", { headers: asVi, token })).code, { timeout: 10_000 })
    .toBe(200);
  for (const [more, words] of [
    [{ "impersonate-uid": "7" }, 'cannot impersonate resource "uids" in API group "authentication.k8s.io"'],
    [{ "impersonate-group": "devs" }, 'cannot impersonate resource "groups"'],
    [{ "impersonate-extra-a": "b" }, 'cannot impersonate resource "userextras"'],
  ] as const)
    expect((await server.call("/apis", { headers: { ...asVi, ...more }, token })).body.message).toContain(words);
});

test.each([
  ["users", { "impersonate-user": "admin" }, 'User "ed" cannot impersonate resource "users"'],
  [
    "service accounts",
    { "impersonate-user": "system:serviceaccount:shop:web" },
    'cannot impersonate resource "serviceaccounts" in API group "" in the namespace "shop"',
  ],
])("without the right %s are refused", async (_, headers, words) => {
  for (const token of [editor, null]) expect((await server.call(NETWORK_SETS, { headers, token })).code).toBe(403);
  expect((await server.call(NETWORK_SETS, { headers, token: editor })).body.message).toContain(words);
});

test.each([
  ["a group without a name", { "impersonate-group": "system:masters" }],
  ["an unknown wish", { "impersonate-user": "vi", "impersonate-role": "x" }],
])("%s is half a wish", async (_, headers) => {
  expect((await server.call(NETWORK_SETS, { headers })).code).toBe(400);
});
