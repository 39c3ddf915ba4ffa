import { countSessions, type Standing } from "@percale/bgp/standing";
import type { AgentStatus, Hearing } from "@percale/protocol";
import { quietStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { expect, test } from "vitest";
import { tenseOf } from "../../../words/tense.ts";
import { heardWords, nodeConditions, type NodeReport, nodeRows, nodesVerdict } from "./view.ts";

const STATUS: AgentStatus = {
  ...quietStatusOf("n"),
  appliedRevision: 40,
  programmedRevision: 40,
  bird: { state: "Ready" },
};
const node = (name: string, status: Partial<AgentStatus> | undefined, hearing: Hearing = "heard"): NodeReport => ({
  name,
  addresses: [],
  hearing,
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
    node("node-5", undefined, "lost"),
  ]);
  expect(rows.map((row) => [row.name, row.severity, row.title, row.behind])).toEqual([
    ["node-4", "critical", "Policy not programmed", 0],
    ["node-5", "unknown", "No agent", 0],
    ["node-3", "warning", "Behind 3 revisions", 3],
    ["node-2", "ok", "Healthy", 0],
    ["node-10", "ok", "Healthy", 0],
  ]);
});

test("a lost agent is not healthy, whatever it said last", () => {
  expect(nodeRows([node("a", {}, "lost")])[0]).toMatchObject({
    severity: "critical",
    title: "No longer heard",
  });
});

test("the verdict is one sentence with its exceptions", () => {
  expect(nodesVerdict(nodeRows([node("a", {}), node("b", {})]), 40)).toEqual({
    lead: "All 2 nodes enforce revision 40.",
    rest: "All healthy.",
  });
  expect(nodesVerdict(nodeRows([node("a", {}), node("b", { programmedRevision: 39 })]), 40)).toEqual({
    lead: "1 of 2 nodes enforce revision 40.",
    rest: "b: behind 1 revision",
  });
  expect(nodesVerdict([], 0).lead).toBe("No node has joined.");
});

test("a node's conditions are its agent's own and those that the API found of it, each once", () => {
  const own = { code: "BirdDown", severity: "error", title: "", detail: "d", advice: "", since: "" } as const;
  const session = { ...own, code: "BgpSessionDown", source: "node-1", nodes: ["node-1", "node-2"] };
  const all = [{ ...own, source: "node-2" }, session, { ...own, code: "AgentSilent", source: "node-3" }];
  expect(nodeConditions("node-2", [own], all)).toEqual([own, session]);
});

const condition = (severity: "error" | "warning" | "info", title: string) =>
  ({ code: title, severity, title, detail: "", advice: "", since: "" }) as const;
const withSessions = (report: NodeReport, ...standings: readonly Standing[]): NodeReport => ({
  ...report,
  sessions: countSessions(standings.map((standing) => ({ standing }))),
});

test.each<[what: string, report: NodeReport, severity: string, title: string]>([
  ["no agent yet, but its stream", node("a", undefined), "unknown", "Not reported yet"],
  [
    "an error before all else",
    node("a", { inSync: false, conditions: [condition("warning", "w"), condition("error", "e")] }),
    "critical",
    "e",
  ],
  ["a snapshot under way", node("a", { inSync: false, programmedRevision: 1 }), "warning", "Not in sync"],
  [
    "a revision under way before a warning",
    node("a", { programmedRevision: 1, conditions: [condition("warning", "w")] }),
    "warning",
    "Behind 39 revisions",
  ],
  [
    "a warning before sessions that are down",
    withSessions(node("a", { conditions: [condition("info", "i"), condition("warning", "w")] }), "down"),
    "warning",
    "w",
  ],
  [
    "one session down",
    withSessions(node("a", {}), "down", "established", "unheard"),
    "warning",
    "1 BGP session not established",
  ],
  [
    "two sessions down, before what is only said",
    withSessions(node("a", { conditions: [condition("info", "i")] }), "oneSided", "connecting"),
    "warning",
    "2 BGP sessions not established",
  ],
  ["what is only said", node("a", { conditions: [condition("info", "i")] }), "info", "i"],
  ["nothing", withSessions(node("a", {}), "established"), "ok", "Healthy"],
])("of a node with %s that is said", (_, report, severity, title) => {
  expect(nodeRows([report])[0]).toMatchObject({ severity, title });
});

test("a row counts its sessions once they are told, and never is ahead of what it received", () => {
  const [row] = nodeRows([withSessions(node("a", { programmedRevision: 41 }), "down", "established")]);
  expect(row).toMatchObject({ behind: 0, sessions: { total: 2, established: 1 } });
  expect(nodeRows([node("a", undefined)])[0]).toMatchObject({ behind: 0, sessions: undefined });
});

test("of equals the one that is further behind comes first", () => {
  const rows = nodeRows([node("a", { programmedRevision: 39 }), node("b", { programmedRevision: 30 })]);
  expect(rows.map(({ name }) => name)).toEqual(["b", "a"]);
});

test("a verdict names three nodes and counts the others; a single node is the only one", () => {
  const late = ["a", "b", "c", "d", "e"].map((name) => node(name, { programmedRevision: 39 }));
  expect(nodesVerdict(nodeRows(late), 1_000)).toEqual({
    lead: "0 of 5 nodes enforce revision 1,000.",
    rest: "a: behind 1 revision; b: behind 1 revision; c: behind 1 revision; and 2 more",
  });
  expect(nodesVerdict(nodeRows(late.slice(0, 3)), 40).rest).toBe(
    "a: behind 1 revision; b: behind 1 revision; c: behind 1 revision",
  );
  expect(nodesVerdict(nodeRows([node("a", {})]), 40).lead).toBe("The only node enforces revision 40.");
  expect(nodesVerdict(nodeRows([node("a", undefined), node("b", {}, "lost")]), 40).lead).toBe(
    "0 of 2 nodes enforce revision 40.",
  );
});

test.each<[hearing: Hearing, severity: string, title: string]>([
  ["late", "warning", "Heard 8 s ago"],
  ["lost", "critical", "No longer heard"],
  ["unknown", "unknown", "Not heard yet"],
])("of a node that is %s nothing else is said, however well it was", (hearing, severity, title) => {
  const [row] = nodeRows([{ ...node("a", {}, hearing), silent: "8 s" }]);
  expect(row).toMatchObject({ severity, title });
  expect(nodesVerdict([row!], 40).lead).toBe("0 of 1 node enforce revision 40.");
});

test("once nothing is heard any more the verdict is of the past", () => {
  const tense = tenseOf(Date.UTC(2026, 10, 30, 16, 45, 20));
  expect(nodesVerdict(nodeRows([node("a", {}), node("b", {})]), 62, tense)).toEqual({
    lead: "As of 16:45:20 UTC, all 2 nodes enforced revision 62.",
    rest: "",
  });
});

test.each<[hearing: Hearing, silent: string | undefined, words: string]>([
  ["heard", undefined, "heard now"],
  ["unknown", "now", "heard now"],
  ["late", "8 s", "heard 8 s ago"],
  ["unknown", undefined, "not heard yet"],
])("an agent that is %s and was silent for %s is said to be %s", (hearing, silent, words) => {
  expect(heardWords({ hearing, silent })).toBe(words);
});
