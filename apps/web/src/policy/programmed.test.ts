import { condition } from "@percale/protocol";
import type { AgentStatus, Condition, Hearing } from "@percale/protocol";
import { quietStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { expect, test } from "vitest";
import type { NodeReport } from "../app/(main)/nodes/view.ts";
import { programmedOn, programmedWords } from "./programmed.ts";

const ref = { kind: "NetworkPolicy", namespace: "shop", name: "web" };
const node = (name: string, more: Partial<AgentStatus> = {}, hearing: Hearing = "heard"): NodeReport => ({
  name,
  addresses: [],
  hearing,
  silent: "8 s",
  status: { ...quietStatusOf(name), appliedRevision: 40, programmedRevision: 40, ...more },
});
const raised = (one: Omit<Condition, "since">): Partial<AgentStatus> => ({ conditions: [{ ...one, since: "" }] });
const said = (...reports: readonly NodeReport[]) =>
  programmedOn({ revision: 40, ref }, reports).nodes.map((one) => [one.node, one.state, one.why]);

test("a revision is programmed where the kernel holds it, and waits where it does not", () => {
  expect(said(node("n1"), node("n2", { programmedRevision: 41 }), node("n3", { programmedRevision: 37 }))).toEqual([
    ["n3", "waiting", "3 revisions behind"],
    ["n1", "programmed", ""],
    ["n2", "programmed", ""],
  ]);
});

test("the last word of a node that is not heard counts for nothing, nor does one that never spoke", () => {
  expect(
    said(node("n1", {}, "late"), node("n2", {}, "lost"), { name: "n3", addresses: [], hearing: "unknown" }),
  ).toEqual([
    ["n1", "unheard", "heard 8 s ago"],
    ["n2", "unheard", "heard 8 s ago"],
    ["n3", "unheard", "has no agent yet"],
  ]);
});

test("a node that refuses the object says so in the kernel's words, whatever else it holds", () => {
  const about = condition.NftPolicyRefused({ object: "NetworkPolicy/shop/web", detail: "too many ports", ref });
  const another = { ...about, ref: { ...ref, name: "db" } };
  expect(said(node("n1", raised(about)), node("n2", raised(another)))).toEqual([
    ["n1", "refused", "too many ports"],
    ["n2", "programmed", ""],
  ]);
});

test("what waits behind a batch that the kernel refuses is refused in its words, what is in force is not", () => {
  const refused = raised(condition.DataplaneRefused({ detail: "ENOBUFS" }));
  expect(said(node("n1", { ...refused, programmedRevision: 39 }), node("n2", refused))).toEqual([
    ["n1", "refused", "ENOBUFS"],
    ["n2", "programmed", ""],
  ]);
});

test("of many nodes those that are behind are counted, and the first of them are told", () => {
  const reports = Array.from({ length: 30 }, (_, index) =>
    node(`n${index}`, { programmedRevision: index < 9 ? 39 : 40 }),
  );
  const on = programmedOn({ revision: 40 }, [...reports, node("n30", {}, "lost")]);
  expect([on.done, on.total, on.worst]).toEqual([21, 31, "unheard"]);
  expect(on.behind(2)).toEqual([
    { node: "n0", state: "waiting", why: "1 revision behind" },
    { node: "n1", state: "waiting", why: "1 revision behind" },
  ]);
  expect(on.behind(99)).toHaveLength(10);
  expect(on.nodes.map((one) => one.node).slice(0, 3)).toEqual(["n30", "n0", "n1"]);
});

test.each([
  [[node("n1")], "Programmed on the only node"],
  [[node("n1"), node("n2")], "Programmed on all 2 nodes"],
  [[node("n1"), node("n2", {}, "lost"), node("n3", { programmedRevision: 1 })], "Not programmed on 2 of 3"],
])("it is said in one line", (reports, words) => {
  expect(programmedWords(programmedOn({ revision: 40 }, reports))).toBe(words);
});
