import { createHash } from "node:crypto";
import { applyUpdates, CalcGraph, emptyState, NOTHING_COVERED } from "@percale/policy";
import { dense, NODE } from "@percale/policy/testdata/universe.ts";
import { API_VERSION } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import fc from "fast-check";
import { expect, test } from "vitest";
import { selectorInput } from "../trpc/inputs.ts";
import type { CoverageRow } from "../trpc/views.ts";
import { answerTo } from "./questions.ts";
import type { Question } from "./questions.ts";
import { Rows } from "./rows.ts";
import { World } from "./world.ts";

const object = (kind: string, name: string, spec: object, more: object = {}): KubeObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...more },
  spec,
});
const endpoint = (pod: string, last: number, ports: readonly object[] = []) =>
  object(
    "WorkloadEndpoint",
    `n1-k8s-${pod}-eth0`,
    {
      node: "n1",
      orchestrator: "k8s",
      pod,
      endpoint: "eth0",
      ipNetworks: [`10.0.0.${last}/32`],
      profiles: ["open"],
      ports,
    },
    { namespace: "shop", labels: { app: pod, "projectcalico.org/namespace": "shop" } },
  );
const db = endpoint("db", 2, [{ name: "sql", protocol: "TCP", port: 5432 }]);
const shop = [
  object("Tier", "security", { order: 100, defaultAction: "Pass" }),
  object("Tier", "default", { order: 1_000_000 }),
  object("Profile", "open", { ingress: [{ action: "Allow" }], egress: [{ action: "Allow" }] }),
  object("GlobalNetworkSet", "office", { nets: ["192.0.2.0/24"] }, { labels: { app: "web" } }),
  object("NetworkSet", "branch", { nets: ["198.51.100.0/24"] }, { namespace: "shop", labels: { app: "web" } }),
  object("GlobalNetworkPolicy", "security.ban", {
    tier: "security",
    order: 1,
    selector: "all()",
    types: ["Ingress"],
    ingress: [{ action: "Deny", source: { nets: ["203.0.113.0/24"] } }],
  }),
  object(
    "NetworkPolicy",
    "default.db",
    {
      tier: "default",
      order: 5,
      selector: "app == 'db'",
      types: ["Ingress"],
      ingress: [{ action: "Allow", protocol: "TCP", source: { selector: "app == 'web'" } }],
    },
    { namespace: "shop" },
  ),
  endpoint("web", 1),
  endpoint("cart", 3, [
    { name: "http", protocol: "TCP", port: 80 },
    { name: "dns", protocol: "UDP", port: 53 },
  ]),
  db,
];

function worldOf(objects: readonly KubeObject[], revision = 7): World {
  const world = new World();
  world.take({ changes: objects.map((one) => JSON.stringify(one)), revision });
  return world;
}

async function ask(
  question: Question,
  world = worldOf(shop),
): Promise<{ readonly answer: unknown; readonly rows: readonly unknown[] }> {
  const lists: string[] = [];
  const rows = new Rows((list) => lists.push(list));
  const answer = await answerTo(world, question, {
    rows,
    inSlices: async (items, work) => items.forEach((item) => work([item])),
  });
  rows.end();
  return { answer, rows: lists.flatMap((list) => JSON.parse(list) as unknown[]) };
}
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
const explain = async (from: string, to: string, more: object = {}): Promise<Record<string, any>> =>
  (await ask({ ask: "explain", about: { from, to, protocol: "TCP", port: 5432, ...more } })).answer as never;

const WEB = { text: "web", address: "10.0.0.1", endpoint: "shop/n1-k8s-web-eth0", called: "shop/web", node: "n1" };
const OPEN = (direction: string) => ({
  direction,
  verdict: "allow",
  by: "profile",
  profile: "open",
  rule: 0,
  text: `Allow: ${direction} rule 1 of Profile open`,
  steps: [{ profile: "open", action: "allow", text: "Profile/open: rule 1 says Allow", rule: 0 }],
});

test("an explanation tells both ends, both sides and what decided, with every step on the way", async () => {
  const banned = {
    tier: "security",
    policy: { kind: "GlobalNetworkPolicy", name: "security.ban", tier: "security" },
    action: "none",
    text: "GlobalNetworkPolicy/security.ban: no rule matched (rule 1 wants source.nets 203.0.113.0/24)",
    misfits: [{ rule: 0, field: "source.nets", wants: "203.0.113.0/24" }],
  };
  const policy = { kind: "NetworkPolicy", name: "default.db", namespace: "shop", tier: "default" };
  const ingress = {
    direction: "ingress",
    verdict: "allow",
    by: "rule",
    tier: "default",
    policy,
    rule: 0,
    text: "Allow: ingress rule 1 of NetworkPolicy shop/default.db in tier default",
    steps: [
      banned,
      { tier: "security", action: "pass", text: "no rule matched: the tier's default is Pass" },
      { tier: "default", policy, action: "allow", text: "NetworkPolicy/shop/default.db: rule 1 says Allow", rule: 0 },
    ],
  };
  expect(await explain("web", "shop/db")).toEqual({
    revision: 7,
    verdict: "allow",
    from: WEB,
    to: { text: "shop/db", address: "10.0.0.2", endpoint: "shop/n1-k8s-db-eth0", called: "shop/db", node: "n1" },
    protocol: "TCP",
    port: 5432,
    decidedBy: ingress,
    egress: OPEN("egress"),
    ingress,
  });
});

test("at the end of a tier that denies, the tier decides", async () => {
  const { verdict, decidedBy } = await explain("cart", "db");
  expect([verdict, decidedBy.by, decidedBy.tier, decidedBy.text, decidedBy.steps.at(-1)]).toEqual([
    "deny",
    "tierDefault",
    "default",
    "Deny: policies of tier default apply and none of their rules matched",
    { tier: "default", action: "deny", text: "no rule matched: the tier's default is Deny" },
  ]);
});

test("an end outside has no policy of ours", async () => {
  const out = await explain("web", "192.0.2.7");
  expect(out["ingress"]).toEqual({
    direction: "ingress",
    verdict: "allow",
    by: "notAnEndpoint",
    text: "no policy of ours covers this side",
    steps: [],
  });
  expect([out["verdict"], out["decidedBy"].direction, out["to"]]).toEqual([
    "allow",
    "egress",
    { text: "192.0.2.7", address: "192.0.2.7" },
  ]);
  const inward = await explain("203.0.113.9", "db");
  expect([inward["verdict"], inward["egress"].text, inward["decidedBy"].policy.name]).toEqual([
    "deny",
    "no policy of ours covers this side",
    "security.ban",
  ]);
});

test("a side that was never asked says so", async () => {
  const closed = object("GlobalNetworkPolicy", "security.closed", {
    tier: "security",
    order: 0,
    selector: "app == 'web'",
    types: ["Egress"],
    egress: [{ action: "Deny" }],
  });
  const told = (
    await ask({ ask: "explain", about: { from: "web", to: "192.0.2.7", protocol: "TCP" } }, worldOf([...shop, closed]))
  ).answer;
  expect(told).toMatchObject({
    verdict: "deny",
    ingress: { verdict: "allow", text: "not asked: the sending side refuses" },
    egress: { rule: 0, verdict: "deny" },
  });
  expect(told).not.toHaveProperty("port");
});

test("a protocol that is none is the asker's fault", async () => {
  await expect(explain("web", "db", { protocol: "NONE" })).rejects.toMatchObject({ code: 400 });
});

test("what has no side to be decided on is told on both, with the one verdict", async () => {
  const { verdict, decidedBy, egress, ingress } = await explain("web", "db", { ipVersion: 6 });
  const half = { verdict: "deny", by: "notAnEndpoint", text: "one end has no address of this IP version", steps: [] };
  expect({ verdict, decidedBy, egress, ingress }).toEqual({
    verdict: "deny",
    decidedBy: { ...half, direction: "ingress" },
    egress: { ...half, direction: "egress" },
    ingress: { ...half, direction: "ingress" },
  });
});

const asked = (per: "policy" | "endpoint", objects: readonly KubeObject[]) => {
  const endpoints = objects.filter(({ kind }) => kind === "WorkloadEndpoint");
  const of = endpoints.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return per === "policy" ? { per } : { per, of };
};

test("what is in force where is told in numbers, of policies or of endpoints, without policies that have nothing", async () => {
  const egress = object("GlobalNetworkPolicy", "out", { tier: "default", selector: "app == 'db'", types: ["Egress"] });
  const nobody = object("GlobalNetworkPolicy", "nobody", { tier: "default", selector: "app == 'none'" });
  const told = async (per: "policy" | "endpoint", objects: readonly KubeObject[]): Promise<readonly unknown[]> =>
    (await ask({ ask: "coverage", about: asked(per, objects) }, worldOf(objects))).rows;
  const shown = [...shop, egress, nobody];
  expect(await told("policy", shown)).toEqual([
    { name: "GlobalNetworkPolicy/out", count: 1 },
    { name: "GlobalNetworkPolicy/security.ban", count: 3 },
    { name: "NetworkPolicy/shop/default.db", count: 1 },
  ]);
  const denied = { ref: { kind: "GlobalNetworkPolicy", name: "security.ban" }, rule: 0, count: 1 };
  const open = { is: "open", end: { by: "rule", ref: { kind: "Profile", name: "open" }, rule: 0, action: "Allow" } };
  const closed = { is: "closed", end: { by: "tier", tier: "default" } };
  expect(await told("endpoint", shown)).toEqual([
    { name: "shop/n1-k8s-cart-eth0", count: 1, protection: { ingress: { ...open, denied }, egress: open } },
    { name: "shop/n1-k8s-db-eth0", count: 3, protection: { ingress: { ...closed, denied }, egress: closed } },
    { name: "shop/n1-k8s-web-eth0", count: 1, protection: { ingress: { ...open, denied }, egress: open } },
  ]);
});

test("how a cluster is protected is told in numbers, with what has the last word", async () => {
  expect(await ask({ ask: "protection", about: {} })).toEqual({
    answer: {
      endpoints: 3,
      openBothWays: 2,
      ingress: { open: 2, partly: 0, closed: 1, byProfile: 2 },
      egress: { open: 3, partly: 0, closed: 0, byProfile: 3 },
      revision: 7,
    },
    rows: [
      { name: "Profile/open", ingress: 2, egress: 3 },
      { name: "Tier/default", ingress: 1, egress: 0 },
    ],
  });
  const nobody = { ...db, spec: { ...(db.spec as object), profiles: [] } };
  const { answer, rows } = await ask({ ask: "protection", about: {} }, worldOf([nobody]));
  expect([answer, rows]).toMatchObject([{ openBothWays: 0, egress: { closed: 1, byProfile: 1 } }, []]);
});

test("numbers are counted on from those of the state before, and anew where the world is", async () => {
  const world = worldOf(shop);
  const counts = async (): Promise<readonly unknown[]> =>
    (await ask({ ask: "coverage", about: asked("endpoint", shop) }, world)).rows.map(
      (row) => (row as { count: number }).count,
    );
  expect(await counts()).toEqual([1, 2, 1]);
  const coverage = await world.coverage;
  expect(await counts()).toEqual([1, 2, 1]);
  expect(await world.coverage).toBe(coverage);
  world.take({ changes: [{ kind: "GlobalNetworkPolicy", name: "security.ban" }], revision: 8 });
  expect(await counts()).toEqual([0, 1, 0]);
  world.take({ changes: shop.map((one) => JSON.stringify(one)), isAnew: true, revision: 9 });
  expect(await world.coverage).toBe(NOTHING_COVERED);
  expect(await counts()).toEqual([1, 2, 1]);
});

test("what the dashboard counts is what the engine has in force, in any cluster", async () => {
  await fc.assert(
    fc.asyncProperty(dense, async (objects) => {
      const graph = new CalcGraph({ node: NODE, sha224: (text) => createHash("sha224").update(text).digest() });
      const onNode = [...objects.values()].map((one) =>
        one.kind === "WorkloadEndpoint" ? { ...one, spec: { ...(one.spec as object), node: NODE } } : one,
      );
      for (const one of onNode) graph.put(one);
      const state = emptyState();
      applyUpdates(state, graph.flush());
      const inForce = Array.from(state.endpoints.values(), ({ ref, stages }) => {
        const tiers = stages.normal!;
        const all = new Set(tiers.flatMap(({ ingress, egress }) => [...ingress, ...egress]));
        return { name: `${ref.namespace}/${ref.name}`, all };
      });
      const perEndpoint = inForce.map(({ name, all }) => ({ name, count: all.size }));
      const policies = new Set(inForce.flatMap(({ all }) => [...all]));
      const perPolicy = Array.from(policies, (name) => ({
        name,
        count: inForce.filter(({ all }) => all.has(name)).length,
      }));
      const told = async (per: "policy" | "endpoint"): Promise<Set<unknown>> => {
        const { rows } = await ask({ ask: "coverage", about: asked(per, onNode) }, worldOf(onNode));
        return new Set((rows as CoverageRow[]).map(({ name, count }) => ({ name, count })));
      };
      expect(await told("endpoint")).toEqual(new Set(perEndpoint));
      expect(await told("policy")).toEqual(new Set(perPolicy));
    }),
    { numRuns: 100 },
  );
});

test("what is in force on an endpoint is told tier by tier, in order", async () => {
  const about = { kind: "WorkloadEndpoint", namespace: "shop", name: "n1-k8s-db-eth0" };
  const ref = (tier: string, kind: string, name: string, more = {}) => ({ kind, name, tier, ...more });
  expect((await ask({ ask: "effective", about })).answer).toEqual({
    endpoint: about,
    profiles: ["open"],
    protection: {
      ingress: {
        is: "closed",
        end: { by: "tier", tier: "default" },
        denied: { ref: { kind: "GlobalNetworkPolicy", name: "security.ban" }, rule: 0, count: 1 },
      },
      egress: { is: "open", end: { by: "rule", ref: { kind: "Profile", name: "open" }, rule: 0, action: "Allow" } },
    },
    revision: 7,
    tiers: [
      {
        tier: "security",
        order: 100,
        defaultAction: "Pass",
        ingress: [ref("security", "GlobalNetworkPolicy", "security.ban")],
        egress: [],
        reach: { ingress: { isReached: true, isEndReached: true } },
      },
      {
        tier: "default",
        order: 1_000_000,
        defaultAction: "Deny",
        ingress: [ref("default", "NetworkPolicy", "default.db", { namespace: "shop" })],
        egress: [],
        reach: { ingress: { isReached: true, isEndReached: true } },
      },
    ],
  });
  const lost = object("GlobalNetworkPolicy", "gone.x", { tier: "gone", selector: "all()", types: ["Egress"] });
  const { tiers } = (await ask({ ask: "effective", about }, worldOf([...shop, lost]))).answer as {
    tiers: { tier: string; order: number | null }[];
  };
  expect(tiers.map(({ tier, order }) => [tier, order])).toContainEqual(["gone", null]);
});

test.each([
  ["there is not", { kind: "WorkloadEndpoint", namespace: "shop", name: "none" }],
  ["has no namespace", { kind: "WorkloadEndpoint", name: "n1-k8s-db-eth0" }],
  ["is none", { kind: "Tier", namespace: "shop", name: "default" }],
])("an endpoint that %s is not found", async (_, about) => {
  await expect(ask({ ask: "effective", about })).rejects.toMatchObject({ code: 404 });
});

const [webKey, cartKey, dbKey] = ["web", "cart", "db"].map((pod) => `shop/n1-k8s-${pod}-eth0`) as [
  string,
  string,
  string,
];

test("a matrix asks everybody about what everybody else serves, an echo where that is nothing", async () => {
  const { answer, rows } = await ask({ ask: "matrix", about: {} });
  expect(answer).toMatchObject({ revision: 7 });
  expect(new Set((answer as { endpoints: string[] }).endpoints)).toEqual(new Set([webKey, cartKey, dbKey]));
  const told = (
    rows as { from: string; to: string; protocol: string; port?: number; allowed: boolean; text: string }[]
  ).map(
    ({ from, to, protocol, port, allowed }) =>
      `${from.split("-")[2]} ${to.split("-")[2]} ${protocol}${port ?? ""} ${allowed}`,
  );
  expect(told.sort()).toEqual([
    "cart db TCP5432 false",
    "cart web ICMP true",
    "db cart TCP80 true",
    "db cart UDP53 true",
    "db web ICMP true",
    "web cart TCP80 true",
    "web cart UDP53 true",
    "web db TCP5432 true",
  ]);
});

test("a matrix of given pairs asks those, on given ports or on what the target serves", async () => {
  const pairs = [
    { from: webKey, to: dbKey },
    { from: "192.0.2.1", to: "node:n1" },
  ];
  const cells = async (ports?: { protocol: string; port?: number }[]) =>
    (
      await ask(
        { ask: "matrix", about: { pairs, ...(ports !== undefined && { ports }) } },
        worldOf([...shop, object("Node", "n1", { bgp: { ipv4Address: "192.0.2.99/24" } })]),
      )
    ).rows;
  expect(await cells()).toMatchObject([
    {
      ...pairs[0],
      protocol: "TCP",
      port: 5432,
      allowed: true,
      text: "Allow: ingress rule 1 of NetworkPolicy shop/default.db in tier default",
    },
    { ...pairs[1], protocol: "ICMP" },
  ]);
  expect((await cells([{ protocol: "TCP", port: 1 }, { protocol: "ICMP" }])).length).toBe(4);
});

test("more questions than anybody reads are refused before they are made", async () => {
  const ports = Array.from({ length: 1_000 }, (_, port) => ({ protocol: "TCP", port: port + 1 }));
  const pairs = Array.from({ length: 501 }, () => ({ from: webKey, to: dbKey }));
  await expect(ask({ ask: "matrix", about: { pairs, ports } })).rejects.toMatchObject({
    code: 400,
    message: expect.stringContaining("501000 questions are more than 500000"),
  });
});

test("an impact is the pairs whose verdict changes, with what decides before and after", async () => {
  const closed = object(
    "NetworkPolicy",
    "default.db",
    { tier: "default", order: 5, selector: "app == 'db'", types: ["Ingress"] },
    { namespace: "shop" },
  );
  const { answer, rows } = await ask({ ask: "impact", about: [JSON.stringify(closed)] });
  expect(answer).toEqual({ examined: 8, revision: 7 });
  expect(rows).toMatchObject([
    {
      from: webKey,
      to: dbKey,
      protocol: "TCP",
      port: 5432,
      before: { direction: "ingress", verdict: "allow", by: "rule" },
      after: { direction: "ingress", verdict: "deny", by: "tierDefault", tier: "default" },
    },
  ]);
  const gone = { kind: "NetworkPolicy", namespace: "shop", name: "default.db" };
  const opened = (await ask({ ask: "impact", about: [gone] })).rows;
  expect(opened).toMatchObject([
    { from: cartKey, to: dbKey, before: { verdict: "deny" }, after: { verdict: "allow" } },
  ]);
});

const web = { count: 1, namespaces: 1, endpoints: [webKey], called: ["shop/web"] };
test.each([
  [{ selector: "app == 'web'" }, { ok: true, ...web, sets: ["NetworkSet/shop/branch", "GlobalNetworkSet/office"] }],
  [
    { selector: "app == 'web'", scope: { namespace: "shop" } },
    { ok: true, ...web, sets: ["NetworkSet/shop/branch"] },
  ],
  [
    { selector: "app == 'web'", scope: { namespace: "bank" } },
    { ok: true, count: 0, namespaces: 0, endpoints: [], called: [], sets: [] },
  ],
  [{ selector: "app ==" }, { ok: false, field: "selector", message: expect.any(String), offset: 6 }],
  [
    { selector: "all()", namespaceSelector: "(" },
    { ok: false, field: "namespaceSelector", message: expect.any(String), offset: 1 },
  ],
])("the selector %j selects %j", async (about, answer) => {
  expect((await ask({ ask: "select", about: selectorInput.parse(about) })).answer).toEqual(answer);
});

test("a world shows whole change sets, one after the other, or all anew", () => {
  const world = new World();
  const names = () => [...world.evaluator.objects.list("Tier")].map(({ metadata }) => metadata.name);
  const tier = (name: string) => JSON.stringify(object("Tier", name, {}));
  world.take({ changes: [tier("a")] });
  expect([names(), world.revision]).toEqual([[], 0]);
  world.take({ changes: [tier("b")], revision: 3 });
  expect([names(), world.revision]).toEqual([["a", "b"], 3]);
  world.take({ changes: [{ kind: "Tier", name: "a" }], revision: 4 });
  expect([names(), world.revision]).toEqual([["b"], 4]);
  world.take({ changes: [tier("x")] });
  world.take({ changes: [tier("c")], isAnew: true });
  expect(names()).toEqual(["b"]);
  world.take({ changes: [tier("d")], revision: 9 });
  expect([names(), world.revision]).toEqual([["c", "d"], 9]);
});

test("rows are handed on as they fill, and no answer is longer than what one turn can write", () => {
  const lists: string[] = [];
  const rows = new Rows((list) => lists.push(list));
  const row = "x".repeat(99_998); // 100,000 characters as JSON
  const added = Array.from({ length: 46 }, () => rows.add(row));
  expect([added.filter(Boolean).length, rows.add(1)]).toEqual([45, false]);
  expect(lists.map((list) => (JSON.parse(list) as unknown[]).length)).toEqual(Array.from({ length: 15 }, () => 3));
  rows.end();
  expect(lists).toHaveLength(15);
  const few = new Rows((list) => lists.push(list));
  few.end();
  few.add({ a: 1 });
  few.add(null);
  few.end();
  few.end();
  expect(lists.slice(15)).toEqual(['[{"a":1},null]']);
});
