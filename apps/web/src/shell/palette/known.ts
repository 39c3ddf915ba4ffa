"use client";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "../../trpc/client.ts";
import type { Known } from "./find.ts";

/** What the server finds for a text. `isOld`: what is known is of another text yet. */
export function useKnown(
  text: string,
  { lastChange, isPaused }: Pick<Known, "lastChange" | "isPaused">,
): Known & { readonly isOld: boolean } {
  const trpc = useTRPC();
  const asked = text.trim();
  const search = useQuery(
    trpc.lists.search.queryOptions(asked === "" ? skipToken : { text: asked }, { placeholderData: keepPreviousData }),
  );
  const { data: pools } = useQuery(trpc.pools.usage.queryOptions(undefined, { staleTime: 5_000 }));
  const found = asked === "" ? undefined : search.data;
  const isOld = asked !== "" && search.error === null && (found === undefined || search.isPlaceholderData);
  return useMemo(() => ({ found, pools, lastChange, isPaused, isOld }), [found, pools, lastChange, isPaused, isOld]);
}
