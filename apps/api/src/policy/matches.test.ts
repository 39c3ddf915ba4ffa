import { API_VERSION } from "@percale/resources";
import { expect, test } from "vitest";
import type { MatchRow } from "../trpc/views.ts";
import { matchRows } from "./matches.ts";
import type { Course, Questions } from "./questions.ts";
import { Rows } from "./rows.ts";
import { World } from "./world.ts";

const object = (kind: string, name: string, spec: object, more: object = {}): string =>
  JSON.stringify({ apiVersion: API_VERSION, kind, metadata: { name, ...more }, spec });
const inShop = { namespace: "shop" };
const endpoint = (pod: string, node: string, more: object = {}): string =>
  object(
    "WorkloadEndpoint",
    `${node}-k8s-${pod}-eth0`,
    {
      orchestrator: "k8s",
      node,
      pod,
      endpoint: "eth0",
      interfaceName: "x",
      ipNetworks: [],
      profiles: ["open"],
      ...more,
    },
    { ...inShop, labels: { app: pod } },
  );

const world = new World();
world.take({
  changes: [
    endpoint("web", "n1"),
    endpoint("db", "n2"),
    endpoint("vm", "n2", { pod: "", workload: "vm-1", orchestrator: "libvirt" }),
    object("Tier", "sec", { order: 1 }),
    object(
      "NetworkPolicy",
      "db",
      {
        tier: "default",
        order: 5,
        selector: "app == 'db'",
        types: ["Ingress"],
        ingress: [
          { action: "Deny" },
          { action: "Allow", source: { selector: "app == 'web'" }, destination: { notSelector: "app == 'x'" } },
        ],
      },
      inShop,
    ),
    object("GlobalNetworkPolicy", "all", {
      tier: "sec",
      types: ["Egress"],
      egress: [{ action: "Pass", destination: { notSelector: "app == 'db'" } }],
    }),
    object("Profile", "broken", { ingress: [{ action: "Pass", source: { selector: "app ==" } }] }),
    object("Profile", "open", { ingress: [{ action: "Allow", source: { selector: "app == 'vm'" } }] }),
  ],
  isAnew: true,
  revision: 1,
});

async function ask(about: Questions["matches"], rows?: Rows): Promise<readonly MatchRow[]> {
  const lists: string[] = [];
  const own = rows ?? new Rows((list) => lists.push(list));
  const atOnce: Course["inSlices"] = async (items, work) => work(items);
  await matchRows(world.evaluator, about, { rows: own, inSlices: atOnce });
  own.end();
  return lists.flatMap((list) => JSON.parse(list) as MatchRow[]);
}

const DB = { kind: "NetworkPolicy", namespace: "shop", name: "db" };
const ALL = { kind: "GlobalNetworkPolicy", name: "all" };
const dbPolicy = {
  ...DB,
  tier: "default",
  order: 5,
  selector: "(app == 'db') && projectcalico.org/namespace == 'shop'",
};
const allPolicy = { ...ALL, tier: "sec", selector: "all()" };
const notDb = { owner: ALL, direction: "egress", rule: 0, side: "destination", isNot: true, selector: "app == 'db'" };
const fromWeb = {
  owner: DB,
  direction: "ingress",
  rule: 1,
  side: "source",
  selector: "(projectcalico.org/namespace == 'shop') && (app == 'web')",
};
const notX = {
  owner: DB,
  direction: "ingress",
  rule: 1,
  side: "destination",
  selector: "(projectcalico.org/namespace == 'shop') && (!(app == 'x'))",
};
const fromVm = {
  owner: { kind: "Profile", name: "open" },
  direction: "ingress",
  rule: 0,
  side: "source",
  selector: "app == 'vm'",
};
const ref = (node: string, pod: string) => ({
  kind: "WorkloadEndpoint",
  namespace: "shop",
  name: `${node}-k8s-${pod}-eth0`,
});

const db = {
  id: "n2/k8s/shop.db/eth0",
  endpoint: ref("n2", "db"),
  policies: [allPolicy, dbPolicy],
  profiles: ["open"],
  rules: [notDb, notX],
};
const vm = {
  id: "n2/libvirt/vm-1/eth0",
  endpoint: ref("n2", "vm"),
  policies: [allPolicy],
  profiles: ["open"],
  rules: [notX, fromVm],
};
const web = {
  id: "n1/k8s/shop.web/eth0",
  endpoint: ref("n1", "web"),
  policies: [allPolicy],
  profiles: ["open"],
  rules: [fromWeb, notX],
};

test("of an endpoint what is in force on it, in the order in which it judges, and every rule that matches it", async () => {
  expect(await ask({ per: "endpoint", contains: "shop." })).toEqual([web, db]);
  expect(await ask({ per: "endpoint", contains: "n2/libvirt" })).toEqual([vm]);
  expect(await ask({ per: "endpoint", contains: "nobody" })).toEqual([]);
});

test("the same of all endpoints of a node", async () => {
  expect(await ask({ per: "node", node: "n2" })).toEqual([db, vm]);
});

test("of a policy the endpoints that it applies to, and those that its rules match", async () => {
  expect(await ask({ per: "policy", ref: DB })).toEqual([
    { ...web, policies: [], rules: [fromWeb, notX] },
    { ...db, policies: [dbPolicy], rules: [notX] },
    { ...vm, policies: [], rules: [notX] },
  ]);
  await expect(ask({ per: "policy", ref: { ...DB, name: "none" } })).rejects.toThrow('"none" not found');
  await expect(ask({ per: "policy", ref: { kind: "Tier", name: "sec" } })).rejects.toThrow('"sec" not found');
});

test("of a selector whom it matches, or where its fault is", async () => {
  expect(await ask({ per: "selector", selector: "app in {'db', 'web'}" })).toEqual(
    [web, db].map((row) => ({ ...row, policies: [], profiles: [], rules: [] })),
  );
  await expect(ask({ per: "selector", selector: "app ==" })).rejects.toThrow(/^selector: /);
});

test("host endpoints are matched by rules as well, and by selectors; no policy governs them yet", async () => {
  const other = new World();
  const changes = [
    object(
      "HostEndpoint",
      "n1-eth0",
      { node: "n1", interfaceName: "eth0", expectedIPs: ["192.0.2.1"] },
      { labels: { app: "web" } },
    ),
    object("HostEndpoint", "n1-any", { node: "n1", expectedIPs: ["192.0.2.2"] }, { labels: { app: "no" } }),
    object("GlobalNetworkPolicy", "all", {
      tier: "sec",
      types: ["Egress"],
      egress: [{ action: "Pass", destination: { selector: "app == 'web'" } }],
    }),
  ];
  other.take({ changes, isAnew: true, revision: 1 });
  const lists: string[] = [];
  const rows = new Rows((list) => lists.push(list));
  await matchRows(other.evaluator, { per: "node", node: "n1" }, { rows, inSlices: async (items, work) => work(items) });
  rows.end();
  const rule = { owner: ALL, direction: "egress", rule: 0, side: "destination", selector: "app == 'web'" };
  const ref = (name: string) => ({ kind: "HostEndpoint", name });
  expect(lists.flatMap((list) => JSON.parse(list))).toEqual([
    { id: "n1/eth0", endpoint: ref("n1-eth0"), policies: [], profiles: [], rules: [rule] },
    { id: "n1/n1-any", endpoint: ref("n1-any"), policies: [], profiles: [], rules: [] },
  ]);
});

test("more than an answer may hold is refused", async () => {
  const full = { add: () => false, end: () => undefined } as unknown as Rows;
  await expect(ask({ per: "node", node: "n2" }, full)).rejects.toThrow("ask about fewer endpoints");
});
