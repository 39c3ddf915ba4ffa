import { countSessions, type Standing } from "@percale/bgp/standing";
import type { Hearing } from "@percale/protocol";
import { expect, test } from "vitest";
import { tenseOf } from "../../words/tense.ts";
import type { NodeRow } from "./nodes/view.ts";
import { firstSteps, openWords, overviewVerdict } from "./overview-view.ts";

const row = (behind = 0, hearing: Hearing = "heard", name = "n1") =>
  ({ name, behind, severity: "ok", title: "", report: { hearing, silent: "8 s", status: {} } }) as unknown as NodeRow;
const facts = {
  rows: [row(), row(0, "heard", "n2")],
  sessions: undefined,
  conditions: [],
  differing: 0,
  loaded: true,
  nowMs: 600_000,
};
const counts = (...standings: readonly Standing[]) => countSessions(standings.map((standing) => ({ standing })));
const condition = (severity: "error" | "warning" | "info", title: string, more: object = {}) => ({
  code: "Test",
  severity,
  title,
  source: "api",
  since: new Date(360_000).toISOString(),
  ...more,
});

interface Said {
  readonly severity: string;
  readonly text: string;
  readonly causes: readonly string[];
}

const said = (more: Partial<Parameters<typeof overviewVerdict>[0]>): Said => {
  const { severity, text, causes } = overviewVerdict({ ...facts, ...more });
  return { severity, text, causes: causes.map(({ subject, href, rest }) => `${subject} (${href}) ${rest}`) };
};

test.each<[what: string, more: Parameters<typeof said>[0], verdict: Said]>([
  ["nothing is known yet", { loaded: false }, { severity: "unknown", text: "Looking at the network", causes: [] }],
  ["nobody has joined", { rows: [] }, { severity: "info", text: "No node has joined yet", causes: [] }],
  ["all is well", {}, { severity: "ok", text: "All 2 nodes enforce the newest policy", causes: [] }],
  ["the only node is well", { rows: [row()] }, { severity: "ok", text: "n1 enforces the newest policy", causes: [] }],
  [
    "all is well and sessions stand",
    { sessions: counts("established") },
    {
      severity: "ok",
      text: "All 2 nodes enforce the newest policy",
      causes: ["1 BGP session (/bgp) is established"],
    },
  ],
  [
    "one node is late and a session down",
    { rows: [row(3, "heard", "n9"), row()], sessions: counts("connecting", "established") },
    {
      severity: "critical",
      text: "n9 does not enforce the newest policy",
      causes: ["n9 (/nodes/n9) is 3 revisions behind", "1 BGP session (/bgp) is not established"],
    },
  ],
  [
    "many are late and agents lost",
    { rows: [...["a", "b", "c", "d"].map((name) => row(1, "heard", name)), row(0, "lost", "e"), row(0, "lost", "f")] },
    {
      severity: "critical",
      text: "4 nodes do not enforce the newest policy",
      causes: [
        "a (/nodes/a) is 1 revision behind",
        "b (/nodes/b) is 1 revision behind",
        "c (/nodes/c) is 1 revision behind",
        "1 more (/nodes) ",
        "e (/nodes/e) was heard 8 s ago",
        "f (/nodes/f) was heard 8 s ago",
      ],
    },
  ],
  [
    "an agent is lost, which is a condition too",
    {
      rows: [row(0, "lost"), row()],
      conditions: [condition("error", "silent", { code: "AgentSilent", source: "n1" })],
    },
    { severity: "critical", text: "n1 is no longer heard", causes: ["n1 (/nodes/n1) was heard 8 s ago"] },
  ],
  [
    "a node never had an agent",
    { rows: [{ ...row(), report: { name: "n1", addresses: [], hearing: "unknown" } }, row()] },
    { severity: "critical", text: "n1 has no agent", causes: ["n1 (/nodes/n1) has no agent"] },
  ],
  [
    "an agent is late",
    { rows: [row(0, "late"), row()] },
    {
      severity: "warning",
      text: "n1 was heard 8 s ago",
      causes: ["n1 (/nodes/n1) keeps enforcing what it has"],
    },
  ],
  [
    "an agent was not heard yet",
    { rows: [row(0, "unknown"), row()] },
    { severity: "unknown", text: "n1 is not heard yet", causes: [] },
  ],
  [
    "one error is told by its title and its node",
    { conditions: [condition("error", "BIRD does not answer", { source: "n2" }), condition("info", "i")] },
    {
      severity: "critical",
      text: "BIRD does not answer on n2",
      causes: ["BIRD does not answer (/health?node=n2) on n2 for 4 min"],
    },
  ],
  [
    "errors come before warnings, several by their number",
    { conditions: [condition("warning", "w"), condition("error", "e1"), condition("error", "e2")] },
    {
      severity: "critical",
      text: "2 errors are reported",
      causes: ["e1 (/health) for 4 min", "e2 (/health) for 4 min", "w (/health) for 4 min"],
    },
  ],
  [
    "packets met another verdict, and a session has been down for long",
    { differing: 2, sessions: counts("down"), conditions: [condition("error", "down", { code: "BgpSessionDown" })] },
    {
      severity: "critical",
      text: "2 probed pairs differ from the policy",
      causes: ["2 probed pairs (/matrix) differ from the policy", "1 BGP session (/bgp) is not established"],
    },
  ],
])("when %s", (_, more, verdict) => {
  expect(said(more)).toEqual(verdict);
});

test.each<[Standing, string]>([
  ["connecting", "warning"],
  ["unheard", "warning"],
  ["down", "critical"],
  ["oneSided", "critical"],
])("a session that is %s is a %s", (standing, severity) => {
  expect(said({ sessions: counts(standing, "established") }).severity).toBe(severity);
});

test("once nothing is heard any more it says of when it speaks, and nothing is well", () => {
  const tense = tenseOf(Date.UTC(2026, 10, 30, 16, 45, 20));
  expect(said({ tense })).toEqual({
    severity: "unknown",
    text: "As of 16:45:20 UTC, all 2 nodes enforced the newest policy",
    causes: [],
  });
  expect(said({ tense, rows: [row(3), row()], sessions: counts("down") })).toEqual({
    severity: "unknown",
    text: "As of 16:45:20 UTC, n1 did not enforce the newest policy",
    causes: ["n1 (/nodes/n1) was 3 revisions behind", "1 BGP session (/bgp) was not established"],
  });
});

test.each([
  [0, 0, "none by profile"],
  [3, 0, "3 by profile"],
  [3, 1200, "1,200 open outwards"],
])(
  "of endpoints of which %d end in profiles inwards and whose %d let everything out it says so",
  (byProfile, open, words) => {
    const tally = { open: 0, partly: 0, closed: 0, byProfile: 0 };
    expect(openWords({ ingress: { ...tally, byProfile }, egress: { ...tally, open } })).toBe(words);
  },
);

test("the first steps stand there until all are done, and those that are done say so", () => {
  const has = { nodes: 3, pools: 1, endpoints: 0, policies: 2 };
  expect(firstSteps(has)).toEqual([
    { title: "A node has joined", isDone: true },
    { title: "An IP pool exists", isDone: true },
    { title: "A workload is attached", isDone: false },
    { title: "A first policy is in force", isDone: true },
  ]);
  expect(firstSteps({ ...has, endpoints: 8 })).toEqual([]);
});
