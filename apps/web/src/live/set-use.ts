"use client";
import type { SetUseRow } from "@percale/api";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "../trpc/client.ts";
import { isUntold, toldBy, type Untold } from "../words/untold.ts";

/** Which rules select which network sets, by `formatRef` of the set; asked again when anything changes. */
export function useSetUse(): ReadonlyMap<string, SetUseRow> | Untold {
  const told = toldBy(useQuery(useTRPC().policy.setUse.queryOptions({})));
  return useMemo(() => (isUntold(told) ? told : new Map(told.rows.map((row) => [row.name, row]))), [told]);
}
