import type { AgentStatus } from "@percale/protocol";
import { expect, test } from "vitest";
import { nodeConditions, type NodeReport, nodeRows, nodesVerdict } from "./view.ts";

const STATUS: AgentStatus = {
  node: "n",
  build: "0.1.0",
  startedAt: "2026-11-21T10:00:00Z",
  inSync: true,
  appliedRevision: 40,
  programmedRevision: 40,
  rssBytes: 1,
  counts: { endpoints: 0, policies: 0, sets: 0, setMembers: 0, routes: 0 },
  applyMs: { p50: 1, p99: 2, last: 1 },
  driftRepairs: { count: 0 },
  bird: { state: "Ready" },
  sessions: [],
  workloads: [],
  conditions: [],
};
const node = (name: string, status: Partial<AgentStatus> | undefined, connected = true): NodeReport => ({
  name,
  addresses: [],
  connected,
  ...(status === undefined ? {} : { status: { ...STATUS, ...status } }),
});

test("the worst node comes first and says why", () => {
  const condition = {
    code: "NftBatchRefused",
    severity: "error",
    title: "Policy not programmed",
    detail: "",
    advice: "",
    since: "",
  } as const;
  const rows = nodeRows([
    node("node-10", {}),
    node("node-2", {}),
    node("node-3", { programmedRevision: 37 }),
    node("node-4", { conditions: [condition] }),
    node("node-5", undefined, false),
  ]);
  expect(rows.map((row) => [row.name, row.severity, row.title, row.behind])).toEqual([
    ["node-4", "critical", "Policy not programmed", 0],
    ["node-5", "unknown", "No agent", 0],
    ["node-3", "warning", "Programming", 3],
    ["node-2", "ok", "healthy", 0],
    ["node-10", "ok", "healthy", 0],
  ]);
});

test("a lost agent is not healthy, whatever it said last", () => {
  expect(nodeRows([node("a", {}, false)])[0]).toMatchObject({
    severity: "critical",
    title: "The agent of a is not heard",
  });
});

test("the verdict is one sentence with its exceptions", () => {
  expect(nodesVerdict(nodeRows([node("a", {}), node("b", {})]), 40)).toEqual({
    lead: "All 2 nodes enforce revision 40.",
    rest: "All healthy.",
  });
  expect(nodesVerdict(nodeRows([node("a", {}), node("b", { programmedRevision: 39 })]), 40)).toEqual({
    lead: "1 of 2 nodes enforce revision 40.",
    rest: "b: Programming",
  });
  expect(nodesVerdict([], 0).lead).toBe("No node has joined.");
});

test("a node's conditions are its agent's own and those that the API found of it, each once", () => {
  const own = { code: "BirdDown", severity: "error", title: "", detail: "d", advice: "", since: "" } as const;
  const session = { ...own, code: "BgpSessionDown", source: "node-1", nodes: ["node-1", "node-2"] };
  const all = [{ ...own, source: "node-2" }, session, { ...own, code: "AgentSilent", source: "node-3" }];
  expect(nodeConditions("node-2", [own], all)).toEqual([own, session]);
});
