"use client";
import { kindsWhere } from "@percale/resources/catalog";
import { useMemo } from "react";
import type { PolicyObject, PolicySpec } from "../policy/spec.ts";
import { type ObjectList, useObjects } from "./objects.ts";

const KINDS = kindsWhere(({ traits }) => traits.tiered).toReversed(); // those of the whole cluster first

/** Policies of every tiered kind. */
export function usePolicies(): ObjectList<PolicySpec> {
  const lists = KINDS.map((kind) => useObjects(kind));
  const items = lists.map((list) => list.items as readonly PolicyObject[]);
  return {
    // oxlint-disable-next-line react/exhaustive-deps -- one for each kind, always as many
    items: useMemo(() => items.flat(), [...items]),
    loaded: lists.every(({ loaded }) => loaded),
    error: lists.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => {
      for (const { refetch } of lists) refetch();
    },
  };
}
