import { silentLogger } from "@percale/daemon";
import type { AgentStatus, Hearing } from "@percale/protocol";
import { memoryRecords } from "@percale/store/memory";
import { expect, test } from "vitest";
import { agentStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import type { NodeStatusView } from "../trpc/views.ts";
import { nodeServices } from "./nodes.ts";

const KEPT_AT = new Date(1_000_000);

/** Each node was heard that long ago; others were not. */
function setUp(heard: Readonly<Record<string, { readonly hearing: Hearing; readonly heardMs: number }>> = {}) {
  const { agentStatus } = memoryRecords({ now: () => KEPT_AT });
  const hearing = {
    node: (node: string) => heard[node]?.hearing ?? "unknown",
    ageOf: (node: string) => heard[node]?.heardMs,
  };
  return { agentStatus, nodes: nodeServices({ agentStatus, hearing, log: silentLogger }) };
}
const view = (node: string, more: Pick<NodeStatusView, "hearing" | "heardMs">): NodeStatusView => {
  const { routes: _routes, sessions: _sessions, ...status } = agentStatusOf(node);
  return { node, ...more, lastSeen: KEPT_AT.toISOString(), status };
};
const named = (seen: readonly { readonly node: string }[]) => seen.map(({ node }) => node);

test("a node is heard when it was heard, whatever is kept of it", async () => {
  const { agentStatus, nodes } = setUp({ n1: { hearing: "late", heardMs: 4_000 } });
  for (const node of ["n2", "n1"]) await agentStatus.put(agentStatusOf(node));
  expect(await nodes.status()).toEqual([
    view("n1", { hearing: "late", heardMs: 4_000 }),
    view("n2", { hearing: "unknown" }),
  ]);
});

test("routes are told of the node that is asked about alone, and of no node with every report", async () => {
  const { agentStatus, nodes } = setUp();
  for (const node of ["n1", "n2"]) await agentStatus.put(agentStatusOf(node));
  const { routes: _routes, ...without } = agentStatusOf("n2");
  await agentStatus.put(without);
  expect(await Promise.all(["n1", "n2", "n3"].map((node) => nodes.routes(node)))).toEqual([
    agentStatusOf("n1").routes,
    null,
    null,
  ]);
  expect((await nodes.status()).filter(({ status }) => "routes" in status || "sessions" in status)).toEqual([]);
});

test("a row that is no status keeps nobody from the others", async () => {
  const { agentStatus, nodes } = setUp();
  await agentStatus.put({ node: "n1" } as AgentStatus);
  await agentStatus.put(agentStatusOf("n2"));
  expect(named(await nodes.list())).toEqual(["n2"]);
});

test("a watch begins with all, tells who changed, and all again once one is gone", async () => {
  const { agentStatus, nodes } = setUp();
  for (const node of ["n1", "n2"]) await agentStatus.put(agentStatusOf(node));
  const stop = new AbortController();
  const seen: unknown[] = [];
  const next = [
    () => agentStatus.put({ ...agentStatusOf("n2"), inSync: false }),
    () => agentStatus.put(agentStatusOf("n3")),
    () => agentStatus.put({ node: "n4" } as AgentStatus), // no status: nobody's news
    () => agentStatus.remove("n1"),
    async () => stop.abort(),
  ];
  for await (const { isWhole, nodes: told } of nodes.watch(stop.signal)) {
    seen.push([isWhole, ...named(told)]);
    setTimeout(() => void next.shift()?.(), 5);
  }
  expect(seen).toEqual([[true, "n1", "n2"], [false, "n2"], [false, "n3"], [false], [true, "n2", "n3"]]);
});
