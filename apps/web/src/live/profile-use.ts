"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "../trpc/client.ts";
import { isUntold, toldBy, type Untold } from "../words/untold.ts";

/** How many endpoints have each profile; those that none has are absent. */
export function useProfileUse(): ReadonlyMap<string, number> | Untold {
  const told = toldBy(useQuery(useTRPC().policy.profileUse.queryOptions({})));
  return useMemo(
    () => (isUntold(told) ? told : new Map(told.rows.map(({ name, endpoints }) => [name, endpoints]))),
    [told],
  );
}
