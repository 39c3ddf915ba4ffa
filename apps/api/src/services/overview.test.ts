import { HealthRegistry } from "@percale/daemon";
import { condition } from "@percale/protocol";
import type { AgentStatus, Hearing } from "@percale/protocol";
import type { KubeObject } from "@percale/resources";
import { MemoryStore } from "@percale/store/memory";
import { expect, test } from "vitest";
import { agentStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import type { NodeStatusView } from "../trpc/views.ts";
import { allConditions, foundConditions, lookAtAll, overviewOf } from "./overview.ts";

const object = (kind: string, name: string, spec: object = {}): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata: { name },
  spec,
});
const nodeOf = (node: string, hearing: Hearing, more: Partial<AgentStatus> = {}): NodeStatusView<AgentStatus> => ({
  node,
  hearing,
  lastSeen: "2026-11-01T10:00:00.000Z",
  status: { ...agentStatusOf(node), sessions: [], conditions: [], ...more },
});
const finding = (code: string, severity: "error" | "warning" | "info", since: string) => ({
  code,
  severity,
  title: "",
  detail: "",
  advice: "",
  since,
});

function setUp(...statuses: readonly NodeStatusView<AgentStatus>[]) {
  const store = new MemoryStore();
  const health = new HealthRegistry();
  const nodes = { list: async () => statuses, watch: () => expect.unreachable() };
  return { store, health, nodes, hearing: { database: (): Hearing => "heard" } };
}

test("conditions of all come worst first, then oldest first, and of whom", async () => {
  const sources = setUp(
    nodeOf("n1", "heard", { conditions: [finding("A", "info", "1"), finding("B", "error", "3")] }),
    nodeOf("n2", "late", { conditions: [finding("C", "error", "2"), finding("D", "warning", "1")] }),
  );
  const told = (await allConditions(sources)).map(({ code, source }) => [code, source]);
  expect(told).toEqual([
    ["C", "n2"],
    ["B", "n1"],
    ["D", "n2"],
    ["A", "n1"],
  ]);
});

test("a node that is lost is found, which it cannot tell itself; one that is late or unknown is not blamed", async () => {
  const sources = setUp(
    nodeOf("n1", "lost", { conditions: [finding("A", "info", "1")] }),
    ...(["heard", "late", "unknown"] as const).map((hearing) => nodeOf(hearing, hearing)),
  );
  expect((await foundConditions(sources)).map(({ code, source, since, ref }) => [code, source, since, ref])).toEqual([
    ["AgentSilent", "n1", "2026-11-01T10:00:00.000Z", { kind: "Node", name: "n1" }],
  ]);
});

test.each<[what: string, isConnected: boolean, database: Hearing]>([
  ["without a database", false, "late"],
  ["while the database hangs", true, "late"],
])("%s nobody is asked, and the server's own conditions remain", async (_, isConnected, database) => {
  const { store, health } = setUp();
  store.isConnected = () => isConnected;
  health.set(condition.DatabaseUnreachable({ isSilent: isConnected, detail: "" }));
  const nodes = { list: () => expect.unreachable(), watch: () => expect.unreachable() };
  const hearing = { database: () => database };
  const told = (await allConditions({ store, health, nodes, hearing })).map(({ code, source }) => [code, source]);
  expect(told).toEqual([["DatabaseUnreachable", "api"]]);
});

test("a look is whole only as far as the database answered all of it", async () => {
  const sources = setUp(nodeOf("n1", "lost", { conditions: [finding("A", "info", "1")] }));
  let asked = 0;
  const list = async () => {
    asked++;
    return sources.nodes.list();
  };
  // It hangs from the second question on.
  const hearing = { database: (): Hearing => (asked < 2 ? "heard" : "late") };
  const told = await lookAtAll({ ...sources, nodes: { ...sources.nodes, list }, hearing });
  expect([told.isWhole, told.conditions.map(({ code }) => code)]).toEqual([true, ["AgentSilent", "A"]]);
});

test("an overview counts what is there, and of each change on how many nodes it is in force", async () => {
  const { peerNode: _, ...outside } = agentStatusOf("n1").sessions[0]!;
  const sessions = [outside, { ...outside, peerIP: "10.0.0.3", state: "Idle", since: "2026-11-01T10:00:00.000Z" }];
  const workloads = [
    { ...agentStatusOf("n1").workloads[0]! },
    { ...agentStatusOf("n1").workloads[0]!, state: "error" },
  ];
  const { store, ...others } = setUp(
    nodeOf("n1", "heard", { programmedRevision: 4, sessions, workloads } as Partial<AgentStatus>),
    nodeOf("n2", "heard", { programmedRevision: 2, inSync: false, workloads: [] }),
    nodeOf("n3", "lost", { programmedRevision: 9, sessions } as Partial<AgentStatus>),
  );
  const commit = (reason: string, ...objects: readonly KubeObject[]) =>
    store.commit({ author: "alice", reason, changes: objects.map((one) => ({ op: "create", object: one })) });
  commit("first", object("GlobalNetworkSet", "a"), object("GlobalNetworkSet", "b"));
  commit("second", object("GlobalNetworkSet", "c"), object("IPPool", "v4", { cidr: "10.0.0.0/24" }));
  commit("quiet", object("BlockAffinity", "x"));
  const view = await overviewOf({ store, ...others });
  expect(view).toMatchObject({
    revision: 5,
    nodes: { total: 3, connected: 2, inSync: 1, programmed: 1 },
    sessions: { total: 4, established: 1, down: 1, unheard: 2 },
    addresses: { used: 0, size: 256 },
    workloads: { total: 2, up: 1 },
    conditions: { error: 2, warning: 0 }, // the third node is silent, and a session is down
  });
  expect(view.counts).toMatchObject({ GlobalNetworkSet: 3, IPPool: 1, BlockAffinity: 1, NetworkSet: 0 });
  const at = expect.any(String);
  expect(view.changes).toEqual([
    {
      revision: 4,
      at,
      author: "alice",
      reason: "second",
      objects: [
        { op: "ADDED", ref: { kind: "IPPool", name: "v4" } },
        { op: "ADDED", ref: { kind: "GlobalNetworkSet", name: "c" } },
      ],
      programmedOn: 1,
      nodes: 2,
    },
    {
      revision: 2,
      at,
      author: "alice",
      reason: "first",
      objects: [
        { op: "ADDED", ref: { kind: "GlobalNetworkSet", name: "b" } },
        { op: "ADDED", ref: { kind: "GlobalNetworkSet", name: "a" } },
      ],
      programmedOn: 2,
      nodes: 2,
    },
  ]);
});
