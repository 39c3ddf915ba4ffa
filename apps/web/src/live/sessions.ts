"use client";
import type { SessionCounts } from "@percale/bgp/standing";
import { useQuery } from "@tanstack/react-query";
import { toldBy, type Untold } from "../words/untold.ts";
import { useTRPC } from "../trpc/client.ts";

/** What grows old by itself: a session is down, then has been so for long. */
const AGAIN_MS = 15_000;

/** Every BGP session as both of its ends see it, with the likely cause where it is down. */
export function useSessions() {
  const trpc = useTRPC();
  return useQuery(trpc.bgp.sessions.queryOptions(undefined, { refetchInterval: AGAIN_MS }));
}

/** The same in numbers, of all and of each node: short enough for every page. */
export function useSessionCounts():
  | { readonly all: SessionCounts; readonly byNode: Readonly<Record<string, SessionCounts>> }
  | Untold {
  const trpc = useTRPC();
  return toldBy(useQuery(trpc.bgp.counts.queryOptions(undefined, { refetchInterval: AGAIN_MS })));
}
