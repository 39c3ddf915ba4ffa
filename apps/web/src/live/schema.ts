"use client";
import { skipToken, useQuery } from "@tanstack/react-query";
import type { Schema } from "../words/schema.ts";
import { useTRPC } from "../trpc/client.ts";

/** What fields a kind has, with their titles: the server's word, asked for once. Undefined until it is here. */
export function useSchema(kind: string | undefined): Schema | undefined {
  const trpc = useTRPC();
  const query = trpc.objects.schema.queryOptions(kind === undefined ? skipToken : { kind }, { staleTime: Infinity });
  return useQuery(query).data;
}
