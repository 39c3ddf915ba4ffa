"use client";
import type { ObjectRowsView } from "@percale/api";
import { type RouterInputs, useTRPC, useTRPCClient } from "../trpc/client.ts";
import { type ServerList, useServerList } from "./server-list.ts";

export type ObjectRow = ObjectRowsView["rows"][number];

/** Objects of a kind in its columns, behind a filter, as far as they are on screen. */
export function useObjectRows(question: Omit<RouterInputs["lists"]["objects"], "at" | "limit">): ServerList<ObjectRow> {
  const trpc = useTRPC();
  const client = useTRPCClient();
  return useServerList({
    key: [...trpc.lists.objects.pathKey(), question],
    ask: (part, signal) => client.lists.objects.query({ ...question, ...part }, { signal }),
  });
}
