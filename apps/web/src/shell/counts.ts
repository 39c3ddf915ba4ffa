"use client";
import type { SessionCounts } from "@percale/bgp/standing";
import type { Condition } from "@percale/protocol";
import { type NodeReport, nodeRows } from "../app/(main)/nodes/view.ts";
import { useHealth, useNodes } from "../live/queries.ts";
import { useSessionCounts } from "../live/sessions.ts";
import { isUntold } from "../words/untold.ts";

export type Counts = Readonly<
  Record<string, { readonly value: number; readonly tone: "warn" | "deny"; readonly title: string }>
>;

/** Numbers beside rail entries: only what needs someone. */
export function useRailCounts(): Counts {
  const sessions = useSessionCounts();
  return railCounts(
    useNodes().data?.reports ?? [],
    useHealth().data ?? [],
    isUntold(sessions) ? undefined : sessions.all,
  );
}

export function railCounts(
  reports: readonly NodeReport[],
  conditions: readonly Pick<Condition, "severity">[],
  sessions: SessionCounts | undefined,
): Counts {
  const rows = nodeRows(reports);
  const bad = rows.filter((row) => row.severity === "critical").length;
  const uneasy = rows.filter((row) => row.severity === "warning").length;
  const down = sessions === undefined ? 0 : sessions.total - sessions.established;
  const errors = conditions.filter((condition) => condition.severity === "error").length;
  const counts: Record<string, Counts[string]> = {};
  if (bad > 0) counts["/nodes"] = { value: bad, tone: "deny", title: "critical" };
  else if (uneasy > 0) counts["/nodes"] = { value: uneasy, tone: "warn", title: "with a warning" };
  if (down > 0) counts["/bgp"] = { value: down, tone: "warn", title: "sessions not established" };
  const firing = conditions.filter((condition) => condition.severity !== "info").length;
  if (firing > 0) counts["/health"] = { value: firing, tone: errors > 0 ? "deny" : "warn", title: "conditions" };
  return counts;
}
