import { expect, test } from "vitest";
import type { Session } from "./bgp/view.ts";
import type { NodeRow } from "./nodes/view.ts";
import { overviewVerdict } from "./overview-view.ts";

const row = (behind = 0, connected = true) =>
  ({ name: "n", behind, severity: "ok", title: "", report: { connected, status: {} } }) as unknown as NodeRow;
const facts = { rows: [row(), row()], sessions: [], conditions: [], differing: 0, loaded: true };

test("a quiet network says so", () => {
  expect(overviewVerdict(facts)).toMatchObject({ severity: "ok", text: "All 2 nodes enforce the newest policy" });
});

test("the worst comes first, the rest behind it", () => {
  const session = { state: "Active" } as Session;
  expect(overviewVerdict({ ...facts, rows: [row(3), row()], sessions: [session] })).toEqual({
    severity: "critical",
    text: "1 node does not enforce the newest policy",
    causes: "1 BGP session is not established",
  });
  expect(overviewVerdict({ ...facts, rows: [row(0, false), row()] }).text).toBe("1 agent is not heard");
});

test("an empty cluster is no error", () => {
  expect(overviewVerdict({ ...facts, rows: [] }).severity).toBe("info");
});
