import type { ObjectRef } from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTRPC } from "../trpc/client.ts";

/** An object's log as it is from now on, for who must know what just happened to it: an answer under way may have been asked before. */
export function useHistoryNow({ kind, namespace, name }: ObjectRef) {
  const trpc = useTRPC();
  const ref = namespace === undefined ? { kind, name } : { kind, namespace, name };
  const query = useQuery(trpc.objects.history.queryOptions(ref));
  const { refetch } = query;
  useEffect(() => void refetch(), [refetch]);
  return query;
}
