import { countSessions } from "@percale/bgp";
import { quietStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { expect, test } from "vitest";
import type { BeatMark } from "../../../live/heard.ts";
import { tenseOf } from "../../../words/tense.ts";
import type { PoolRow } from "../ippools/view.ts";
import { type NodeReport, nodeRows } from "../nodes/view.ts";
import { type FoundCondition, healthVerdict, lanes, nearest, placeOf, watched } from "./view.ts";

const mark = (more: Partial<BeatMark> = {}): BeatMark => ({
  serverMs: 1_000,
  storeMs: 240,
  agents: { fromMs: 110, toMs: 380 },
  ...more,
});
const found = (severity: FoundCondition["severity"], more: Partial<FoundCondition> = {}): FoundCondition => ({
  code: "Test",
  severity,
  title: "t",
  detail: "",
  advice: "",
  since: "",
  source: "n1",
  ...more,
});
const node = (name: string, more: object = {}, hearing: NodeReport["hearing"] = "heard"): NodeReport => ({
  name,
  addresses: [],
  hearing,
  silent: "8 s",
  status: { ...quietStatusOf(name), bird: { state: "Ready" }, ...more },
});

test.each([
  [[], "ok", "All is well"],
  [[found("info")], "ok", "All is well"],
  [[found("warning")], "warning", "1 warning needs attention"],
  [
    [found("error"), found("warning"), found("warning")],
    "critical",
    "1 critical condition and 2 warnings need attention",
  ],
] as const)("of %j the verdict is %s: %s", (conditions, severity, text) => {
  expect(healthVerdict({ conditions, rows: nodeRows([node("n1")]), marks: [mark()] })).toEqual({
    severity,
    text,
    rest: "Everything that is watched was heard within the last second.",
  });
});

test("the verdict names the longest silence, and of the past it says nothing of now", () => {
  const marks = [mark({ storeMs: 8_200 })];
  expect(healthVerdict({ conditions: [], rows: [], marks }).rest).toBe(
    "Not everything that is watched is heard: the longest silence is 8 s.",
  );
  const tense = tenseOf(Date.UTC(2026, 10, 30, 16, 45, 20));
  expect(healthVerdict({ conditions: [], rows: nodeRows([node("n1")]), marks }, tense)).toEqual({
    severity: "unknown",
    text: "As of 16:45:20 UTC, all was well",
    rest: "",
  });
});

test("nothing is called well while a node was never heard", () => {
  const rows = nodeRows([node("n1"), node("n2", {}, "unknown")]);
  expect(healthVerdict({ conditions: [], rows, marks: [mark()] })).toEqual({
    severity: "unknown",
    text: "1 of 2 nodes is not heard",
    rest: "A node is heard through its agent: one has not joined there, or nothing came from it yet.",
  });
  const { agents: _, ...silent } = mark();
  expect(nearest({ pools: [], rows, marks: [silent] }).map(({ title }) => title)).not.toContain(
    "Longest silence of an agent",
  );
});

test("nothing is called well while a measure is over its threshold, or where no node has joined", () => {
  const rows = nodeRows([node("n1", { applyMs: { p50: 6, p99: 361, last: 4 } })]);
  const near = nearest({ pools: [], rows, marks: [mark()] });
  expect(near[0]).toMatchObject({ title: "From a change to the kernel", share: 1, text: "361 of 100 ms" });
  expect(healthVerdict({ conditions: [], rows, marks: [mark()], near })).toMatchObject({
    severity: "warning",
    text: "No condition holds, but one measure is over its threshold",
  });
  expect(healthVerdict({ conditions: [], rows: [], marks: [mark()] })).toMatchObject({
    severity: "info",
    text: "No node has joined yet",
  });
});

test("a pool beyond counting says its free addresses as a power of two", () => {
  const pool = { name: "v6", cidr: "fd00::/48", size: 1n << 80n, free: (1n << 80n) - 8n, used: 8, share: 0 };
  expect(nearest({ pools: [pool as unknown as PoolRow], rows: [], marks: [] })[0]?.note).toBe(
    "fd00::/48, > 2⁷⁹ addresses free",
  );
});

test("what is watched says how many there are, how they are, and when each was heard", () => {
  const rows = nodeRows([node("n1"), node("n2")]);
  const sessions = countSessions([{ standing: "established" }]);
  const all = watched({ rows, sessions, marks: [mark({ storeMs: 100 }), mark({ serverMs: 1_010 })] });
  expect(
    all.map(({ title, count, severity, text, heard, ages }) => [title, count, severity, text, heard, ages]),
  ).toEqual([
    ["Agents", "2", "ok", "all current", "0.1–0.4 s", [380, 380]],
    ["BIRD", "2", "ok", "1 of 1 session", "with its agent", []],
    ["API server", "1", "ok", "answers this page", "each second", [1_010]],
    ["Database", "1", "ok", "answers", "0.2 s", [100, 240]],
  ]);
});

test("what is not well is named, and nothing is well before the first beat", () => {
  const rows = nodeRows([node("n1"), node("n2", {}, "late")]);
  const late = watched({ rows, sessions: undefined, marks: [mark({ storeMs: 12_000 })] });
  expect(late.map(({ severity, text, heard }) => [severity, text, heard])).toEqual([
    ["warning", "n2: Heard 8 s ago", "0.1–0.4 s"],
    ["ok", "", "with its agent"],
    ["ok", "answers this page", "each second"],
    ["critical", "does not answer", "12 s"],
  ]);
  expect(watched({ rows: [], sessions: undefined, marks: [] }).map(({ severity }) => severity)).toEqual(
    Array.from({ length: 4 }, () => "unknown"),
  );
});

test("the nearest to its threshold comes first", () => {
  const pool = (name: string, used: number) =>
    ({
      name,
      cidr: "10.0.0.0/24",
      size: 100n,
      free: 100n - BigInt(used),
      used,
      share: used / 100,
    }) as unknown as PoolRow;
  const rows = nodeRows([node("n1", { applyMs: { p50: 1, p99: 41, last: 1 } })]);
  const marks = [mark(), mark({ agents: { fromMs: 1, toMs: 1_300 } })];
  expect(
    nearest({ pools: [pool("a", 1), pool("b", 71), pool("c", 5)], rows, marks }).map(({ title, share, text }) => [
      title,
      Math.round(share * 100),
      text,
    ]),
  ).toEqual([
    ["Pool b", 71, "71.0 % in use"],
    ["Longest silence of an agent", 43, "1.3 of 3 s"],
    ["From a change to the kernel", 41, "41 of 100 ms"],
    ["Longest silence of the database", 8, "0.2 of 3 s"],
    ["Pool c", 5, "5.0 % in use"],
  ]);
});

test("a lane shows where in the day a condition held; what holds comes first", () => {
  const at = "2026-11-30T12:00:00.000Z";
  const spell = (title: string, since: string, until?: string) => ({
    code: "T",
    severity: "warning" as const,
    title,
    source: "n1",
    since,
    ...(until !== undefined && { until }),
  });
  const spells = [
    spell("over", "2026-11-29T11:00:00.000Z", "2026-11-29T18:00:00.000Z"),
    spell("over", "2026-11-30T00:00:00.000Z", "2026-11-30T00:06:00.000Z"),
    spell("holds", "2026-11-30T06:00:00.000Z"),
  ];
  expect(lanes({ at, spells }).map(({ title, holds, spells: held }) => [title, holds, held])).toEqual([
    ["holds on n1", true, [{ from: 0.75, to: 1, words: "for 6 h" }]],
    [
      "over on n1",
      false,
      [
        { from: 0, to: 0.25, words: "for 7 h" },
        { from: 0.5, to: 0.5 + 0.1 / 24, words: "for 6 min" },
      ].map(({ from, to, words }) => ({ from, to: expect.closeTo(to, 9), words })),
    ],
  ]);
});

test.each([
  [found("error", { code: "BgpSessionDown" }), "/bgp", "Open sessions"],
  [found("error", { ref: { kind: "IPPool", name: "p" } }), "/ippools/p", "Open p"],
  [found("error"), "/nodes/n1", "Open n1"],
])("a condition leads to where one can do something about it", (one, href, text) => {
  expect(placeOf(one, (name) => name === "n1")).toEqual({ href, text });
});

test("what the server says of itself leads nowhere", () => {
  expect(placeOf(found("error", { source: "api" }), () => false)).toBeUndefined();
});
