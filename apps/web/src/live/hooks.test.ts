import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { AppRouter } from "@percale/api";
import { countSessions, type SessionCounts } from "@percale/bgp/standing";
import type { AgentStatus, Hearing, Severity } from "@percale/protocol";
import type { KubeObject } from "@percale/resources/catalog";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { railCounts } from "../shell/counts.ts";
import { TRPCProvider } from "../trpc/client.ts";
import { usePolicyCoverage } from "./coverage.ts";
import type { EndpointObject } from "../policy/endpoint.ts";
import { endpointRowOf } from "../policy/testdata/endpoint-row.ts";
import { collectionKey, useObject } from "./objects.ts";
import { useMatrix } from "./matrix.ts";
import { useActivity, useNodes } from "./queries.ts";
import { useRights } from "./rights.ts";
import { useSelectorMatches } from "./selector.ts";
import { useSessionCounts } from "./sessions.ts";
import { useOutside, useTrace } from "./trace.ts";
import { useValueSource } from "./values.ts";

type Api = ReturnType<typeof createTRPCOptionsProxy<AppRouter>>;

/** What a hook tells a page that has asked already: rendered once, over answers that are there. */
function read<T>(
  hook: () => T,
  answers: (
    cache: {
      put(kind: string, ...objects: KubeObject[]): void;
      set(key: unknown, data: unknown): void;
      fail(kind: string, error: Error): void;
    },
    api: Api,
  ) => void,
): T {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retryOnMount: false } } });
  const trpcClient = createTRPCClient<AppRouter>({ links: [] });
  const api = createTRPCOptionsProxy<AppRouter>({ client: trpcClient, queryClient });
  const set = (key: unknown, data: unknown): void => void queryClient.setQueryData(key as readonly unknown[], data);
  const fail = (kind: string, error: Error): void =>
    queryClient
      .getQueryCache()
      .build(queryClient, { queryKey: collectionKey(kind) })
      .setState({ status: "error", error });
  answers({ set, fail, put: (kind, ...items) => set(collectionKey(kind), { revision: 1, items }) }, api);
  const told: T[] = [];
  const Page = () => {
    told.push(hook());
    return null;
  };
  // oxlint-disable-next-line react/no-children-prop -- no JSX here
  const inner = createElement(TRPCProvider, { trpcClient, queryClient, children: createElement(Page) });
  renderToStaticMarkup(createElement(QueryClientProvider, { client: queryClient }, inner));
  queryClient.clear();
  return told[0]!;
}

const object = (kind: string, name: string, spec: unknown, metadata: object = {}): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata: { name, ...metadata },
  spec,
});
const endpoint = (pod: string, address: string, labels: Record<string, string> = { app: pod }, namespace = "shop") =>
  object(
    "WorkloadEndpoint",
    `n1-k8s-${pod}-eth0`,
    { pod, node: "n1", ipNetworks: [`${address}/32`], profiles: [] },
    { namespace, labels: { ...labels, "projectcalico.org/namespace": namespace } },
  );
const web = endpoint("web", "10.0.0.1");
const db = endpoint("db", "10.0.0.2");
const status = (node: string, more: object = {}) => ({
  node,
  hearing: "heard" as Hearing,
  lastSeen: "2026-11-30T00:00:00Z",
  status: {
    node,
    inSync: true,
    appliedRevision: 7,
    programmedRevision: 7,
    sessions: [],
    workloads: [],
    conditions: [],
    ...more,
  },
});

test("nodes are those that are objects and those that report, and the head is the newest revision that anybody told", () => {
  const nodes = (revision: number | undefined) =>
    read(useNodes, (cache, api) => {
      cache.put(
        "Node",
        object("Node", "n1", {
          bgp: { ipv4Address: "192.0.2.1/24", ipv6Address: "fd00::1/64" },
          addresses: [{ address: "192.0.2.9" }],
        }),
        object("Node", "n2", { addresses: [{ address: "192.0.2.2" }] }),
        object("Node", "n4", {}),
      );
      cache.set(api.nodes.status.queryKey(), [status("n1"), status("n3")]);
      if (revision !== undefined) cache.set(api.overview.summary.queryKey(), { revision });
    }).data;
  expect(nodes(9)?.head).toBe(9);
  expect(nodes(undefined)?.head).toBe(7);
  const unheard = { hearing: "unknown" }; // no beat came yet
  const heard = { ...unheard, reportedAt: "2026-11-30T00:00:00Z" };
  expect(nodes(9)?.reports).toEqual([
    { name: "n1", addresses: ["192.0.2.1", "fd00::1"], ...heard, status: status("n1").status },
    { name: "n2", addresses: ["192.0.2.2"], ...unheard },
    { name: "n4", addresses: [], ...unheard },
    { name: "n3", addresses: [], ...heard, status: status("n3").status },
  ]);
});

test("without reports or objects there are no nodes yet", () => {
  expect(read(useNodes, (cache) => cache.put("Node")).data).toBeUndefined();
  expect(read(useNodes, (cache, api) => cache.set(api.nodes.status.queryKey(), [])).data).toBeUndefined();
});

test("the rail counts what needs someone, the worst alone", () => {
  const counts = (
    views: readonly ReturnType<typeof status>[],
    conditions: readonly Severity[] = [],
    sessions?: SessionCounts,
  ) =>
    railCounts(
      views.map(({ node, hearing, status: said }) => ({
        name: node,
        addresses: [],
        hearing,
        status: said as unknown as AgentStatus, // what is counted
        sessions,
      })),
      conditions.map((severity) => ({ severity })),
      sessions,
    );
  expect(counts([status("n1")], ["info"])).toEqual({});
  const silent = { ...status("n2"), hearing: "lost" as const };
  expect(counts([silent, status("n1", { inSync: false })], ["warning"])).toEqual({
    "/nodes": { value: 1, tone: "deny", title: "critical" },
    "/health": { value: 1, tone: "warn", title: "conditions" },
  });
  const sessions = countSessions([{ standing: "down" }, { standing: "established" }]);
  expect(counts([status("n1")], ["error", "warning", "info"], sessions)).toEqual({
    "/nodes": { value: 1, tone: "warn", title: "with a warning" },
    "/bgp": { value: 1, tone: "warn", title: "sessions not established" },
    "/health": { value: 2, tone: "deny", title: "conditions" },
  });
});

test("the newest changes are those that the server told, of agents too where they are asked for", () => {
  const set = (revision: number) => ({
    revision,
    at: "",
    author: "ed",
    reason: "",
    requestId: "",
    entries: [{ revision, op: "ADDED", ref: { kind: "Tier", name: `t${revision}` } }],
    objects: 1,
  });
  const seen = (system?: boolean) =>
    read(
      () => useActivity(2, system === undefined ? {} : { system }),
      (cache, api) => {
        cache.set(api.changes.sets.queryKey({ limit: 2, system: false }), { sets: [set(3), set(2)] });
        cache.set(api.changes.sets.queryKey({ limit: 2, system: true }), { sets: [set(4), set(3)] });
      },
    ).data?.sets.map(({ revision, names }) => [revision, names]);
  expect([seen(), seen(true)]).toEqual([
    [
      [3, ["t3"]],
      [2, ["t2"]],
    ],
    [
      [4, ["t4"]],
      [3, ["t3"]],
    ],
  ]);
  expect(
    read(
      () => useActivity(2),
      () => undefined,
    ).data,
  ).toBeUndefined();
});

test("one object of a kind whose list is here is in it or gone, and asked for where there is no list", () => {
  const found = (ref: { kind: string; namespace?: string; name: string }, loaded = true) => {
    const { object: one, isGone } = read(
      () => useObject(ref),
      (cache) => loaded && cache.put("WorkloadEndpoint", web, db),
    );
    return [one?.metadata.name, isGone];
  };
  const ref = { kind: "WorkloadEndpoint", namespace: "shop", name: "n1-k8s-db-eth0" };
  expect([found(ref), found({ ...ref, namespace: "bank" }), found(ref, false)]).toEqual([
    ["n1-k8s-db-eth0", false],
    [undefined, true],
    [undefined, false],
  ]);
});

test.each([
  [{ write: true, admin: true }, ["g"], undefined, undefined],
  [
    { write: true, admin: false },
    ["a", "b"],
    undefined,
    "u (a, b) may not manage tokens. That needs the group system:masters.",
  ],
  [
    { write: false, admin: false },
    [],
    "u (no group) may read only. Writing needs the group percale:editors.",
    "u (no group) may not manage tokens. That needs the group system:masters.",
  ],
])("the rights %j of %j forbid what they do, with the reason", (rights, groups, readOnly, notAdmin) => {
  expect(
    read(useRights, (cache, api) => cache.set(api.session.whoami.queryKey(), { user: "u", groups, rights })),
  ).toEqual({ readOnly, notAdmin });
  expect(read(useRights, () => undefined)).toEqual({ readOnly: undefined, notAdmin: undefined });
});

test("what is in force where is what the server counted, by name; before it has said so nothing is known", () => {
  const names = ["NetworkPolicy/shop/p", "NetworkPolicy/shop/none"];
  const row = { name: names[0]!, count: 1 };
  const told = (isAnswered: boolean) =>
    read(
      () => usePolicyCoverage(names),
      (cache, api) =>
        isAnswered &&
        cache.set([...api.policy.coverage.pathKey(), { per: "policy", of: names }], {
          names,
          rows: [row],
          revision: 1,
        }),
    );
  const none = { name: names[1]!, count: 0 };
  expect([told(true), told(false)]).toEqual([
    new Map([
      [row.name, row],
      [none.name, none],
    ]),
    "waiting",
  ]);
});

test("whom a selector selects is what the server says of it where it stands, with what is wrong with it", () => {
  const asked = { selector: "has(app)", scope: { of: "policy" as const, namespace: "shop" }, first: 4 };
  const told = (answer?: object) =>
    read(
      () => useSelectorMatches("has(app)", { of: "policy", namespace: "shop", namespaceSelector: undefined }),
      (cache, api) => answer && cache.set(api.selectors.test.queryKey(asked), answer),
    );
  const names = ["shop/a", "shop/b"];
  expect(told()).toEqual({ said: "waiting" });
  expect(told({ ok: true, count: 9, namespaces: 2, endpoints: [], called: names, sets: [] })).toEqual({
    said: "matches",
    count: 9,
    namespaces: 2,
    names,
  });
  expect(told({ ok: false, field: "selector", message: "no such operator", offset: 3 })).toEqual({
    said: "wrong",
    message: "no such operator",
  });
});

test("completion offers the cluster's tiers, namespaces and labels, the most used first", () => {
  const source = read(useValueSource, (cache, api) => {
    cache.put("Tier", object("Tier", "default", {}), object("Tier", "app", {}));
    const namespaces = [
      { name: "z", endpoints: 2 },
      { name: "c", endpoints: 1 },
    ];
    const labels = [
      { key: "y", value: "2", endpoints: 2 },
      { key: "x", value: "1", endpoints: 1 },
    ];
    cache.set(api.selectors.terms.queryKey({}), { namespaces, labels, revision: 1 });
  });
  expect(source(["spec", "tier"])).toEqual(["default", "app"]);
  expect(source(["metadata", "namespace"])).toEqual(["c", "z"]);
  const terms = ["all()", "y == '2'", "x == '1'"];
  expect([source(["selector"]), source(["notSelector"])]).toEqual([terms, terms]);
  expect(source(["namespaceSelector"])).toEqual([
    "all()",
    "projectcalico.org/name == 'c'",
    "projectcalico.org/name == 'z'",
  ]);
  expect([source(["protocol"]), source(["notProtocol"])].map(([first]) => first)).toEqual(["TCP", "TCP"]);
  expect(source(["order"])).toEqual([]);
});

const lab = (probes: readonly object[] = []) => ({
  workloads: [
    { name: "outside", namespace: "", addresses: ["192.0.2.1/32"], labels: {}, ports: [] },
    { name: "nowhere", namespace: "", addresses: [], labels: {}, ports: [] },
    { name: "web", namespace: "shop", addresses: ["10.0.0.1"], labels: {}, ports: [] },
  ],
  probes,
});

test("hosts of the lab that are no endpoints are known by their addresses", () => {
  expect([...read(useOutside, (cache, api) => cache.set(api.lab.matrix.queryKey(), lab()))]).toEqual([
    ["outside", "192.0.2.1"],
  ]);
  expect([...read(useOutside, () => undefined)]).toEqual([]);
});

test("the matrix is what the server joined, and nothing before it told", () => {
  const probe = { source: "a", destination: "b", protocol: "TCP", port: 80, allowed: true, at: "2026-11-30T00:00:00Z" };
  const { data } = read(useMatrix, (cache, api) =>
    cache.set(api.lab.probes.queryKey(), { probes: [probe], revision: 1 }),
  );
  expect(data?.probes.map(({ source, measured }) => [source, measured])).toEqual([["a", "Allow"]]);
  expect(read(useMatrix, () => undefined).data).toBeUndefined();
});

/** Whom a text means, as the server tells. */
const named = (...objects: readonly KubeObject[]) => {
  const rows = objects.map((object) => ({ row: endpointRowOf(object as EndpointObject), object }));
  return (name: string) => {
    const found = rows.find(({ row }) =>
      [row.key, row.name, `${row.namespace}/${row.name}`, ...row.addresses].includes(name),
    );
    return { found: found ?? null, revision: 1 };
  };
};

const trace = (ask: Parameters<typeof useTrace>[0], question?: object) =>
  read(
    () => useTrace(ask),
    (cache, api) => {
      for (const name of [ask.source, ask.destination])
        if (name !== "") cache.set(api.lists.endpoint.queryKey({ name }), named(web, db)(name));
      cache.set(api.lab.matrix.queryKey(), lab());
      if (question === undefined) return;
      const half = (direction: string) => ({ direction, verdict: "allow", by: "rule", text: "t", steps: [] });
      const party = { text: "", address: "10.0.0.1" };
      cache.set(api.policy.explain.queryKey(question), {
        verdict: "allow",
        from: party,
        to: party,
        egress: half("egress"),
        ingress: half("ingress"),
      });
    },
  );

test("before an end is known it is not called unknown", () => {
  const ask = { source: "web", destination: "nobody", protocol: "TCP", port: "80" };
  const { problem, error } = read(
    () => useTrace(ask),
    () => undefined,
  );
  expect([problem, error]).toEqual([undefined, null]);
});

test.each([
  [
    { source: "web", destination: "db", protocol: "TCP", port: "80" },
    { from: "shop/n1-k8s-web-eth0", to: "shop/n1-k8s-db-eth0", protocol: "TCP", port: 80 },
  ],
  [
    { source: "outside", destination: "db", protocol: "TCP", port: "65535" },
    { from: "192.0.2.1", to: "shop/n1-k8s-db-eth0", protocol: "TCP", port: 65_535 },
  ],
  [
    { source: "web", destination: "fd00::7", protocol: "UDP", port: "" },
    { from: "shop/n1-k8s-web-eth0", to: "fd00::7", protocol: "UDP" },
  ],
  [
    { source: "web", destination: "203.0.113.9", protocol: "TCP", port: "65536" },
    { from: "shop/n1-k8s-web-eth0", to: "203.0.113.9", protocol: "TCP" },
  ],
  [
    { source: "web", destination: "db", protocol: "ICMP", port: "80" },
    { from: "shop/n1-k8s-web-eth0", to: "shop/n1-k8s-db-eth0", protocol: "ICMP" },
  ],
])("what was typed, %j, is asked as %j", (ask, question) => {
  const told = trace(ask, question);
  expect([told.verdict, told.problem, told.question]).toEqual(["Allow", undefined, `${ask.protocol} ${ask.port}`]);
});

test.each([
  [{ source: "", destination: "db" }, "Choose both ends."],
  [{ source: "web", destination: "" }, "Choose both ends."],
  [{ source: "nobody", destination: "db" }, "No endpoint is called nobody, and it is no address."],
  [{ source: "web", destination: "noone" }, "No endpoint is called noone, and it is no address."],
])("of %j nothing is asked: %s", (ends, problem) => {
  const told = trace({ ...ends, protocol: "TCP", port: "80" });
  expect([told.problem, told.verdict, told.steps, told.question]).toEqual([problem, undefined, undefined, undefined]);
});

test("the ends of a question are named as people know them, or as they were typed", () => {
  const told = trace({ source: "n1-k8s-web-eth0", destination: "203.0.113.9", protocol: "TCP", port: "" });
  expect([told.sourceText, told.destinationText]).toEqual(["n1-k8s-web-eth0", "203.0.113.9"]);
  expect(trace({ source: "web", destination: "10.0.0.2", protocol: "TCP", port: "" })).toMatchObject({
    sourceText: "shop/web",
    destinationText: "shop/db",
  });
});

test("how sessions stand is waited for, then told of all and at each node that has any", () => {
  expect(read(useSessionCounts, () => undefined)).toBe("waiting");
  const counts = { all: { total: 1 }, byNode: { n1: { total: 1 } } };
  const told = (api: Api, cache: { set(key: unknown, data: unknown): void }) =>
    cache.set(api.bgp.counts.queryKey(), counts);
  expect(read(useSessionCounts, (cache, api) => told(api, cache))).toEqual(counts);
  const nodes = read(useNodes, (cache, api) => {
    cache.put("Node");
    cache.set(api.nodes.status.queryKey(), [status("n1"), status("n2")]);
    told(api, cache);
  });
  expect(nodes.data?.reports.map(({ sessions }) => sessions)).toEqual([{ total: 1 }, undefined]);
});
