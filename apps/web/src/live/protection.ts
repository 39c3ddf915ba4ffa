"use client";
import type { ProtectionView } from "@percale/api";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../trpc/client.ts";
import { toldBy, type Untold } from "../words/untold.ts";

/** How the whole cluster is protected, as the server counts it; asked again when anything changes. */
export function useProtection(): ProtectionView | Untold {
  return toldBy(useQuery(useTRPC().policy.protection.queryOptions({})));
}
