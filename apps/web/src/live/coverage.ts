"use client";
import type { CoverageRow } from "@percale/api";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Coverage } from "../policy/coverage.ts";
import { useTRPC, useTRPCClient } from "../trpc/client.ts";
import { isUntold, toldBy, type Untold } from "../words/untold.ts";

/** On how many endpoints these policies are in force, by `kind/namespace/name`, as the server counts it; asked again when anything changes. */
export function usePolicyCoverage(names: readonly string[]): Coverage | Untold {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const input = { per: "policy" as const, of: [...names] };
  const told = toldBy(
    useQuery({
      queryKey: [...trpc.policy.coverage.pathKey(), input],
      queryFn:
        names.length === 0
          ? skipToken
          : async ({ signal }) => ({ names, ...(await client.policy.coverage.query(input, { signal })) }),
      placeholderData: keepPreviousData,
    }),
  );
  return useMemo(() => (isUntold(told) ? told : coverageOf(told.names, told.rows)), [told]);
}

/** Of those that were asked for, which of some that came since nobody knows yet. */
function coverageOf(names: readonly string[], rows: readonly CoverageRow[]): Coverage {
  const none = names.map((name): [string, CoverageRow] => [name, { name, count: 0 }]);
  return new Map([...none, ...rows.map((row): [string, CoverageRow] => [row.name, row])]);
}
