"use client";
import { BGPConfiguration, DEFAULT_AS, kindsWhere } from "@percale/resources";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useEndpoints } from "../../live/endpoints.ts";
import { useObjects } from "../../live/objects.ts";
import { usePolicies } from "../../live/policies.ts";
import { useTRPC } from "../../trpc/client.ts";
import type { ChangeGroup } from "../../app/(main)/activity/view.ts";
import type { Known } from "./find.ts";

const KINDS = kindsWhere(({ looks }) => looks.searched);

/** What is here already, and what the server tells while one types. */
export function useKnown(lastChange: ChangeGroup | undefined): Known {
  const trpc = useTRPC();
  const endpoints = useEndpoints().items;
  const policies = usePolicies().items;
  const lists = KINDS.map((kind) => useObjects(kind).items);
  const configurations = useObjects(BGPConfiguration);
  const { data: pools } = useQuery(trpc.pools.usage.queryOptions(undefined, { staleTime: 5_000 }));
  const configured = configurations.items.find(({ metadata }) => metadata.name === "default")?.spec.asNumber;
  const asNumber = configurations.loaded ? (configured ?? DEFAULT_AS) : undefined;
  return useMemo(
    () => ({ endpoints, policies, objects: lists.flat(), pools, asNumber, lastChange }),
    // oxlint-disable-next-line react/exhaustive-deps -- one list for each kind, always as many
    [endpoints, policies, pools, asNumber, lastChange, ...lists],
  );
}
