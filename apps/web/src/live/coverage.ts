"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Coverage } from "../policy/coverage.ts";
import { useTRPC } from "../trpc/client.ts";

/** What is in force where, as the server counts it; asked again when anything changes. Undefined until it has said so. */
export function useCoverage(per: "policy" | "endpoint"): Coverage | undefined {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.policy.coverage.queryOptions({ per }));
  return useMemo(() => data && new Map(data.rows.map((row) => [row.name, row])), [data]);
}
