"use client";
import { formatRef, type ObjectRef } from "@percale/resources/catalog";
import { useQueries } from "@tanstack/react-query";
import type { Stored } from "../editor/plan.ts";
import { failureOf, useTRPC, useTRPCClient } from "../trpc/client.ts";
import { fromWire } from "../trpc/wire.ts";

/** What is stored under each name; undefined until all are known. That nothing is there is an answer. */
export function useStored(refs: readonly ObjectRef[]): Stored | undefined {
  const trpc = useTRPC();
  const client = useTRPCClient();
  return useQueries({
    queries: refs.map((ref) => ({
      queryKey: [...trpc.objects.get.queryKey(ref), "or nothing"],
      queryFn: async ({ signal }: { readonly signal: AbortSignal }) => {
        try {
          return fromWire(await client.objects.get.query(ref, { signal }));
        } catch (error) {
          if (failureOf(error).kind === "notFound") return null;
          throw error;
        }
      },
      staleTime: 0,
    })),
    combine: (answers) =>
      answers.every(({ data }) => data !== undefined)
        ? new Map(answers.map(({ data }, index) => [formatRef(refs[index]!), data ?? null]))
        : undefined,
  });
}
