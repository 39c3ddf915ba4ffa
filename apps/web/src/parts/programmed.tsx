"use client";
import { useQuery } from "@tanstack/react-query";
import { hearingAmong } from "../live/heard.ts";
import { useHearings } from "../live/presence.ts";
import { useTRPC } from "../trpc/client.ts";

/** "Programmed on 2/3 nodes", counting up as agents report that the revision is in their kernels. */
export function Programmed({ revision }: { readonly revision: number }) {
  const trpc = useTRPC();
  const hearings = useHearings();
  const { data = [], error } = useQuery(trpc.nodes.status.queryOptions(undefined, { staleTime: 30_000 }));
  if (error !== null) return <span className="muted">On how many nodes it is programmed is not known</span>;
  if (data.length === 0) return null;
  const done = data.filter(
    ({ node, status }) => hearingAmong(hearings, node).hearing === "heard" && status.programmedRevision >= revision,
  ).length;
  return (
    <span className={done < data.length ? "muted" : "allow"}>
      Programmed on {done}/{data.length} {data.length === 1 ? "node" : "nodes"}
    </span>
  );
}
