"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Coverage } from "../policy/coverage.ts";
import { useTRPC } from "../trpc/client.ts";
import { isUntold, toldBy, type Untold } from "../words/untold.ts";

/** On how many endpoints policies are in force, as the server counts it; asked again when anything changes. */
export function usePolicyCoverage(): Coverage | Untold {
  const trpc = useTRPC();
  const told = toldBy(useQuery(trpc.policy.coverage.queryOptions({ per: "policy" })));
  return useMemo(() => (isUntold(told) ? told : new Map(told.rows.map((row) => [row.name, row]))), [told]);
}
