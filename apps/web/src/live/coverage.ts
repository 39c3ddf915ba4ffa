"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Coverage } from "../policy/coverage.ts";
import { useTRPC } from "../trpc/client.ts";
import { isUntold, toldBy, type Untold } from "../words/untold.ts";

/** What is in force where, as the server counts it; asked again when anything changes. */
export function useCoverage(per: "policy" | "endpoint"): Coverage | Untold {
  const trpc = useTRPC();
  const told = toldBy(useQuery(trpc.policy.coverage.queryOptions({ per })));
  return useMemo(() => (isUntold(told) ? told : new Map(told.rows.map((row) => [row.name, row]))), [told]);
}
