import type { IncomingMessage } from "node:http";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startAnyApi } from "../testdata/any-store-api.ts";
import type { Answer, CallOptions, TestApi } from "../testdata/test-api.ts";

const API = "/apis/projectcalico.org/v3";
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const POLICIES = `${API}/namespaces/shop/networkpolicies`;
let server: TestApi;
/** May do all in tier open, read the tier seen, nothing in the tier hidden, and one policy of the tier closed by its name. */
let token: string;

const policy = (name: string, tier: string, more: object = {}) => ({
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkPolicy",
  metadata: { name, namespace: "shop", ...more },
  spec: { tier, order: 1, selector: "all()" },
});
const rule = (verbs: string[], resources: string[], resourceNames?: string[]) => ({
  verbs,
  apiGroups: ["projectcalico.org"],
  resources,
  ...(resourceNames !== undefined && { resourceNames }),
});
const RULES = [
  rule(["*"], ["networkpolicies", "globalnetworkpolicies"]),
  rule(["get"], ["tiers"], ["open", "seen", "closed"]),
  rule(["*"], ["tier.networkpolicies"], ["open.*", "blind.*"]),
  rule(["get", "list", "watch"], ["tier.networkpolicies"], ["seen.*"]),
  rule(["get", "update", "patch", "delete"], ["tier.networkpolicies"], ["named"]),
];

beforeAll(async () => {
  server = await startAnyApi();
  for (const name of ["open", "seen", "closed", "blind", "hidden"])
    await post(`${API}/tiers`, { apiVersion: "projectcalico.org/v3", kind: "Tier", metadata: { name }, spec: {} });
  for (const [name, tier] of [
    ["a", "open"],
    ["b", "seen"],
    ["named", "closed"],
    ["d", "closed"],
    ["e", "blind"],
    ["f", "hidden"],
    ["g", "default"],
  ] as const)
    await post(POLICIES, policy(name, tier));
  token = await newUser("tia", RULES);
});
afterAll(() => server.stop());

function post(path: string, body: object, more: CallOptions = {}): Promise<Answer> {
  return server.call(path, { method: "POST", body, ...more });
}

async function newUser(user: string, rules: readonly object[]): Promise<string> {
  const made = await post("/trpc/access.createToken", { subject: user, groups: [] });
  await give(user, rules);
  const own = made.body.result.data.token as string;
  // Rights follow the log a moment later.
  for (let tries = 0; tries < 500; tries++) {
    if ((await server.call(POLICIES, { token: own })).code === 200) return own;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${user} has no rights yet`);
}

async function give(user: string, rules: readonly object[]): Promise<void> {
  const head = (kind: string) => ({ apiVersion: "rbac.authorization.k8s.io/v1", kind, metadata: { name: user } });
  await post(`${RBAC}/clusterroles`, { ...head("ClusterRole"), rules });
  const [roleRef, subjects] = [{ kind: "ClusterRole", name: user }, [{ kind: "User", name: user }]];
  await post(`${RBAC}/clusterrolebindings`, { ...head("ClusterRoleBinding"), roleRef, subjects });
}

const ask = (path: string, options: CallOptions = {}) => server.call(path, { token, ...options });
const namesIn = (answer: Answer): string[] =>
  (answer.body.items as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name);
const at = (name: string) => `${POLICIES}/${name}`;
const MERGE = { "content-type": "application/merge-patch+json" };

test.each([
  ["a", 200, ""],
  ["b", 200, ""],
  ["named", 200, ""],
  ["d", 403, 'in tier "closed" and namespace "shop"'],
  ["e", 403, 'in tier "blind" and namespace "shop" (user cannot get tier)'],
  ["f", 403, 'in tier "hidden" and namespace "shop" (user cannot get tier)'],
  ["none", 404, "not found"],
])("get %s: %i %s", async (name, code, words) => {
  const answer = await ask(at(name));
  expect(answer.code).toBe(code);
  if (code !== 200) expect(answer.body.message).toContain(words);
  if (code === 403)
    expect(answer.body.message).toBe(
      `networkpolicies.projectcalico.org "${name}" is forbidden: User "tia" cannot get networkpolicies.projectcalico.org ${words}`,
    );
});

test("a list holds what stands in open tiers, and no number tells of the rest", async () => {
  const whole = await ask(POLICIES);
  expect(namesIn(whole)).toEqual(["a", "b"]);
  const page = await ask(`${POLICIES}?limit=1`);
  expect([namesIn(page), page.body.metadata.remainingItemCount]).toEqual([["a"], undefined]);
  const rest = await ask(`${POLICIES}?limit=1&continue=${page.body.metadata.continue}`);
  expect([namesIn(rest), rest.body.metadata.continue]).toEqual([["b"], undefined]);
  const table = await ask(POLICIES, { headers: { accept: "application/json;as=Table;g=meta.k8s.io;v=v1" } });
  expect(table.body.rows).toHaveLength(2);
});

test.each([
  ["labelSelector=projectcalico.org/tier=open", 200],
  ["labelSelector=projectcalico.org/tier in (open,seen)", 200],
  ["labelSelector=projectcalico.org/tier in (open,hidden)", 403],
  ["labelSelector=app=x,projectcalico.org/tier==hidden", 403],
  ["fieldSelector=spec.tier=seen", 200],
  ["fieldSelector=spec.tier=hidden", 403],
  ["fieldSelector=metadata.name=named", 200],
])("with %s a list answers %i", async (query, code) => {
  expect((await ask(`${POLICIES}?${encodeURI(query)}`)).code).toBe(code);
});

test("who may list policies of no tier is refused, in Calico's words", async () => {
  const made = await post("/trpc/access.createToken", { subject: "zed", groups: [] });
  await give("zed", [rule(["*"], ["networkpolicies"])]);
  const own = made.body.result.data.token as string;
  await expect
    .poll(async () => (await server.call(POLICIES, { token: own })).body.message as string, { timeout: 10_000 })
    .toContain("operation on Calico tiered policy is forbidden");
});

test.each<[what: string, code: number, call: () => Promise<Answer>]>([
  ["makes one in an open tier", 201, () => ask(POLICIES, { method: "POST", body: policy("n1", "open") })],
  ["makes none in a tier that it reads", 403, () => ask(POLICIES, { method: "POST", body: policy("n2", "seen") })],
  [
    "makes none in the default tier",
    403,
    () => ask(POLICIES, { method: "POST", body: { ...policy("n3", ""), spec: {} } }),
  ],
  ["patches what is open", 200, () => ask(at("a"), { method: "PATCH", body: { spec: { order: 2 } }, headers: MERGE })],
  [
    "patches none of a tier that it reads",
    403,
    () => ask(at("b"), { method: "PATCH", body: { spec: { order: 2 } }, headers: MERGE }),
  ],
  [
    "patches one by its name",
    200,
    () => ask(at("named"), { method: "PATCH", body: { spec: { order: 2 } }, headers: MERGE }),
  ],
  [
    "moves none into a tier that is closed",
    403,
    () => ask(at("a"), { method: "PATCH", body: { spec: { tier: "hidden" } }, headers: MERGE }),
  ],
  [
    "takes none out of one",
    403,
    () => ask(at("f"), { method: "PATCH", body: { spec: { tier: "open" } }, headers: MERGE }),
  ],
  ["deletes none there", 403, () => ask(at("f"), { method: "DELETE" })],
  ["deletes what is not there", 404, () => ask(at("none"), { method: "DELETE" })],
  [
    "learns nothing by a patch that fails",
    403,
    () =>
      ask(at("f"), {
        method: "PATCH",
        body: [{ op: "test", path: "/spec/order", value: 7 }],
        headers: { "content-type": "application/json-patch+json" },
      }),
  ],
  [
    "writes no change set that touches one",
    403,
    () =>
      ask("/changesets/v1", {
        method: "POST",
        body: {
          changes: [
            { op: "create", object: policy("n4", "open") },
            { op: "delete", ref: { kind: "NetworkPolicy", namespace: "shop", name: "f" } },
          ],
        },
      }),
  ],
])("somebody with rights in some tiers %s: %i", async (_, code, call) => {
  expect((await call()).code).toBe(code);
});

test("a collection is deleted as far as its tiers are open", async () => {
  await post(POLICIES, policy("doomed", "open", { labels: { die: "yes" } }));
  await post(POLICIES, policy("spared", "hidden", { labels: { die: "yes" } }));
  const answer = await ask(`${POLICIES}?labelSelector=die%3Dyes`, { method: "DELETE" });
  expect(namesIn(answer)).toEqual(["doomed"]);
  expect(namesIn(await server.call(`${POLICIES}?labelSelector=die%3Dyes`))).toEqual(["spared"]);
});

describe("a watch", () => {
  interface Watched {
    readonly lines: AsyncIterator<string>;
    readonly next: () => Promise<string>;
    readonly end: () => void;
  }

  async function watch(query: string, own: string): Promise<Watched> {
    const answer: IncomingMessage = await server.open(`${POLICIES}?watch=1&${query}`, { token: own });
    const lines = createInterface({ input: answer })[Symbol.asyncIterator]();
    return {
      lines,
      next: async () => {
        const { value } = (await lines.next()) as { value: string };
        const { type, object } = JSON.parse(value) as {
          type: string;
          object: { code?: number; metadata: { name: string } };
        };
        return `${type} ${object.code ?? object.metadata.name}`;
      },
      end: () => void answer.destroy(),
    };
  }

  test("shows open tiers alone; a policy that leaves them is deleted, one that comes is added", async () => {
    const { body } = await server.call(POLICIES);
    const { next, end } = await watch(`resourceVersion=${body.metadata.resourceVersion}`, token);
    await post(POLICIES, policy("w1", "hidden"));
    await post(POLICIES, policy("w2", "open"));
    const move = (name: string, tier: string) =>
      server.call(at(name), { method: "PATCH", body: { spec: { tier } }, headers: MERGE });
    await move("w2", "hidden");
    await move("w1", "seen");
    expect([await next(), await next(), await next()]).toEqual(["ADDED w2", "DELETED w2", "ADDED w1"]);
    end();
  });

  test("over a WebSocket shows the same", async () => {
    const { body } = await server.call(POLICIES);
    const url = new URL(`${POLICIES}?watch=1&resourceVersion=${body.metadata.resourceVersion}`, server.api.url);
    const socket = new WebSocket(url.href.replace("https", "wss"), {
      headers: { authorization: `Bearer ${token}` },
      ca: server.ca,
    });
    await once(socket, "open");
    const message = once(socket, "message");
    await post(POLICIES, policy("s1", "hidden"));
    await post(POLICIES, policy("s2", "open"));
    const [data] = (await message) as [Buffer];
    expect((JSON.parse(data.toString("utf8")) as { object: object }).object).toMatchObject({
      metadata: { name: "s2" },
    });
    socket.terminate();
  });

  test("ends when roles open or close a tier, and for no other change of roles", async () => {
    const [wide, narrow] = [await newUser("wim", RULES), await newUser("nan", RULES)];
    const { body } = await server.call(POLICIES);
    const [wims, nans] = [
      await watch(`resourceVersion=${body.metadata.resourceVersion}`, wide),
      await watch(`resourceVersion=${body.metadata.resourceVersion}`, narrow),
    ];
    const rules = [...RULES, rule(["get"], ["tiers"], ["blind"])];
    await server.call(`${RBAC}/clusterroles/wim`, { method: "PATCH", body: { rules }, headers: MERGE });
    expect(await wims.next()).toBe("ERROR 410");
    await server.call(`${RBAC}/clusterrolebindings/wim`, { method: "DELETE" });
    await post(POLICIES, policy("later", "open"));
    expect(await nans.next()).toBe("ADDED later");
    nans.end();
  });

  test("ends when roles close a tier that came while it was open", async () => {
    const rules = [...RULES, rule(["get"], ["tiers"], ["coming"]), rule(["*"], ["tier.networkpolicies"], ["coming.*"])];
    const own = await newUser("cora", rules);
    const { body } = await server.call(POLICIES);
    const { next } = await watch(`resourceVersion=${body.metadata.resourceVersion}`, own);
    await post(`${API}/tiers`, {
      apiVersion: "projectcalico.org/v3",
      kind: "Tier",
      metadata: { name: "coming" },
      spec: {},
    });
    await post(POLICIES, policy("c1", "coming"));
    expect(await next()).toBe("ADDED c1");
    await server.call(`${RBAC}/clusterroles/cora`, { method: "PATCH", body: { rules: RULES }, headers: MERGE });
    expect(await next()).toBe("ERROR 410");
  });

  test("ends with the right to it", async () => {
    const own = await newUser("rita", RULES);
    const { body } = await server.call(POLICIES);
    const { next } = await watch(`resourceVersion=${body.metadata.resourceVersion}`, own);
    await server.call(`${RBAC}/clusterrolebindings/rita`, { method: "DELETE" });
    expect(await next()).toBe("ERROR 403");
  });
});
