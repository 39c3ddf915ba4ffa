import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAnyApi } from "../testdata/any-store-api.ts";
import type { Answer, TestApi } from "../testdata/test-api.ts";

/** What is told at doors other than REST to somebody who sees the tier open and the namespace shop, and nothing of the tier hidden. */
const API = "/apis/projectcalico.org/v3";
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
let server: TestApi;
let token: string;

const policy = (name: string, tier: string) => ({
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkPolicy",
  metadata: { name, namespace: "shop" },
  spec: {
    tier,
    order: 1,
    selector: "all()",
    ingress: [{ action: "Deny", destination: { ports: [4711] }, protocol: "TCP" }],
  },
});
const set = (name: string, namespace: string) => ({
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkSet",
  metadata: { name, namespace },
  spec: { nets: ["10.9.9.0/24"] },
});
const post = (path: string, body: object): Promise<Answer> => server.call(path, { method: "POST", body });
const query = (name: string, input?: object, own = token): Promise<Answer> =>
  server.call(`/trpc/${name}${input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`}`, {
    token: own,
  });
const mutate = (name: string, body: object): Promise<Answer> =>
  server.call(`/trpc/${name}`, { method: "POST", body, token });
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
const told = async (name: string, input?: object): Promise<any> => (await query(name, input)).body.result.data;

beforeAll(async () => {
  server = await startAnyApi();
  for (const name of ["open", "hidden"])
    await post(`${API}/tiers`, { apiVersion: "projectcalico.org/v3", kind: "Tier", metadata: { name }, spec: {} });
  for (const [name, tier] of [
    ["seen-one", "open"],
    ["secret-one", "hidden"],
    ["secret-two", "hidden"],
  ] as const)
    await post(`${API}/namespaces/shop/networkpolicies`, policy(name, tier));
  await post(`${API}/namespaces/shop/networksets`, set("seen-set", "shop"));
  await post(`${API}/namespaces/prod/networksets`, set("secret-set", "prod"));
  const head = (kind: string, namespace?: string) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind,
    metadata: { name: "tia", ...(namespace !== undefined && { namespace }) },
  });
  const calico = (verbs: string[], resources: string[], resourceNames?: string[]) => ({
    verbs,
    apiGroups: ["projectcalico.org"],
    resources,
    ...(resourceNames && { resourceNames }),
  });
  await post(`${RBAC}/clusterroles`, {
    ...head("ClusterRole"),
    rules: [
      calico(["get"], ["tiers"], ["open"]),
      { verbs: ["get"], apiGroups: ["percale.io"], resources: ["network"] },
    ],
  });
  await post(`${RBAC}/namespaces/shop/roles`, {
    ...head("Role", "shop"),
    rules: [
      calico(["get", "list", "watch", "create"], ["networkpolicies", "networksets"]),
      calico(["*"], ["tier.networkpolicies"], ["open.*"]),
    ],
  });
  const subjects = [{ kind: "User", name: "tia" }];
  await post(`${RBAC}/clusterrolebindings`, {
    ...head("ClusterRoleBinding"),
    roleRef: { kind: "ClusterRole", name: "tia" },
    subjects,
  });
  await post(`${RBAC}/namespaces/shop/rolebindings`, {
    ...head("RoleBinding", "shop"),
    roleRef: { kind: "Role", name: "tia" },
    subjects,
  });
  const made = await post("/trpc/access.createToken", { subject: "tia", groups: [] });
  token = made.body.result.data.token as string;
  for (let tries = 0; tries < 500 && (await query("objects.kinds")).code !== 200; tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
});
afterAll(() => server.stop());

const NOT_SEEN = /secret|hidden/;

test.each<[name: string, input: object | undefined]>([
  ["objects.list", { kind: "NetworkPolicy" }],
  ["objects.list", { kind: "NetworkSet" }],
  ["objects.list", { kind: "Tier" }],
  ["lists.objects", { kind: "NetworkPolicy" }],
  ["lists.objects", { kind: "NetworkSet" }],
  ["lists.search", { text: "secret" }],
  ["lists.search", { text: "10.9.9.0" }],
  ["lists.search", { text: "deny 4711" }],
  ["board.tiers", {}],
  ["board.rows", {}],
  ["board.order", { tier: "hidden" }],
  [
    "board.tiers",
    { moves: [{ kind: "NetworkPolicy", namespace: "shop", name: "secret-one", tier: "open", order: 1 }] },
  ],
  ["board.rows", { moves: [{ kind: "NetworkPolicy", namespace: "shop", name: "secret-one", tier: "open", order: 1 }] }],
  ["changes.list", { limit: 500 }],
  ["changes.sets", { limit: 50, system: true }],
  ["objects.history", { kind: "NetworkPolicy", namespace: "shop", name: "secret-one" }],
  ["overview.summary", undefined],
])("%s %j tells nothing of what is not seen", async (name, input) => {
  const answer = await query(name, input);
  expect(answer.code === 200 || answer.code === 400).toBe(true);
  const text = JSON.stringify(answer.body).replaceAll(JSON.stringify(input?.["tier" as keyof typeof input] ?? "-"), "");
  expect(text).not.toMatch(NOT_SEEN);
  const whole = JSON.stringify((await query(name, input, server.token)).body);
  if (name !== "board.order") expect(whole).toMatch(NOT_SEEN); // there was something to tell
});

test("no number counts what is not seen", async () => {
  expect((await told("objects.list", { kind: "NetworkPolicy" })).items).toHaveLength(1);
  expect(await told("lists.objects", { kind: "NetworkPolicy" })).toMatchObject({ matched: 1, total: 1 });
  expect(await told("board.tiers", {})).toMatchObject({ total: 1, matched: 1, tiers: [{ name: "open", total: 1 }] });
  expect(await told("board.rows", {})).toMatchObject({ total: 1, rows: [{ place: 1, ref: { name: "seen-one" } }] });
  expect((await told("overview.summary")).counts).toMatchObject({ NetworkPolicy: 1, NetworkSet: 1, Tier: 1 });
});

test.each<[name: string, input: object]>([
  ["policy.explain", { from: "10.0.0.1", to: "10.0.0.2", protocol: "TCP", port: 80 }],
  ["policy.matrix", {}],
  ["policy.coverage", { per: "policy" }],
  ["policy.shadows", {}],
  ["policy.impact", { changes: [{ op: "create", object: policy("x", "open") }] }],
  ["lists.endpoints", {}],
  ["selectors.test", { selector: "all()" }],
  ["changes.effects", { of: [1] }],
])("%s, whose answer goes by all policies, is for those who see them all", async (name, input) => {
  const answer = await query(name, input);
  expect(answer.code).toBe(403);
  expect(answer.body.error.message).toContain('User "tia" has no right to policy');
});

test.each([
  ["objects.get", { kind: "NetworkPolicy", namespace: "shop", name: "secret-one" }],
  ["objects.get", { kind: "NetworkSet", namespace: "prod", name: "secret-set" }],
])("%s %j is refused", async (name, input) => {
  expect((await query(name, input)).code).toBe(403);
});

test("a change set of what is not seen is neither told nor turned back", async () => {
  const { activities } = (await query("changes.list", { limit: 500 }, server.token)).body.result.data;
  const secret = (activities as { ref: { name: string }; revision: number }[]).find(
    ({ ref }) => ref.name === "secret-two",
  )!;
  expect(await told("changes.set", { revision: secret.revision })).toEqual([]);
  expect((await mutate("changes.revert", { revision: secret.revision })).code).toBe(403);
});

describe("the dashboard's feed", () => {
  /** Server-sent events of `live.watch`, objects alone. */
  async function* feed(): AsyncGenerator<string> {
    const { hostname, port } = new URL(server.api.url);
    const socket = connect({ host: hostname, port: Number(port), ca: server.ca, servername: "localhost" });
    socket.write(
      `GET /trpc/live.watch?input=%7B%7D HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    let text = "";
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      text += chunk.toString("utf8");
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        if (
          line.startsWith("data: ") &&
          (line.includes('"object"') || line.includes("410") || line.includes("Expired"))
        )
          yield line;
      }
    }
  }

  test("brings what is seen as it comes into sight and goes out of it", async () => {
    const lines = feed();
    const first = lines.next();
    await expect
      .poll(async () => (await server.call("/metrics")).body as string, { timeout: 10_000 })
      .toMatch(/percale_api_watches 1\n/);
    await post(`${API}/namespaces/shop/networkpolicies`, policy("comes", "hidden"));
    const move = (name: string, tier: string) =>
      server.call(`${API}/namespaces/shop/networkpolicies/${name}`, {
        method: "PATCH",
        body: { spec: { tier } },
        headers: { "content-type": "application/merge-patch+json" },
      });
    await move("comes", "open");
    await move("seen-one", "hidden");
    const come = (await first).value as string;
    const go = (await lines.next()).value as string;
    expect(come).toContain('"type":"ADDED"');
    expect(come).toContain('"comes"');
    expect(come).not.toContain("hidden");
    expect(go).toContain('"type":"DELETED"');
    expect(go).toContain('"seen-one"');
    expect(go).not.toContain("hidden");
    await lines.return(undefined);
  });
});
