"use client";
import type { ShadowRow } from "@percale/api";
import { formatRef, type ObjectRef } from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "../trpc/client.ts";
import { isUntold, toldBy, type Untold } from "../words/untold.ts";

/** Who leaves nothing to which policy, by `formatRef` of the policy. */
export type Shadows = ReadonlyMap<string, ShadowRow["by"]>;

/** Of one policy; undefined where nobody is known to. */
export function shadowedBy(shadows: Shadows | Untold, policy: ObjectRef): ShadowRow["by"] | undefined {
  return isUntold(shadows) ? undefined : shadows.get(formatRef(policy));
}

/** Asked again when anything changes. */
export function useShadows(): Shadows | Untold {
  const told = toldBy(useQuery(useTRPC().policy.shadows.queryOptions({})));
  return useMemo(() => (isUntold(told) ? told : new Map(told.rows.map(({ name, by }) => [name, by]))), [told]);
}
