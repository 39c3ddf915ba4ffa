"use client";
import type { EndpointListView } from "@percale/api";
import type { ObjectRef } from "@percale/resources/catalog";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { useTRPC } from "../trpc/client.ts";
import type { Answer } from "./queries.ts";

const FIRST = 6;

/** How many endpoints a policy selects, and the first of them; asked again when anything changes. */
export function useSelected(policy: ObjectRef | undefined): Answer<EndpointListView> {
  const input = policy === undefined ? skipToken : { policy, limit: FIRST };
  const { data, error, refetch } = useQuery(
    useTRPC().lists.endpoints.queryOptions(input, { placeholderData: keepPreviousData }),
  );
  return { data, error, refetch: () => void refetch() };
}
