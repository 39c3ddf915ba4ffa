"use client";
import type { ChangeSetEffect } from "@percale/api";
import { isUntold, toldBy, type Untold } from "../words/untold.ts";
import { Node, type SpecOf } from "@percale/resources/catalog";
import { keepPreviousData, skipToken, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { Lenient } from "../policy/spec.ts";
import { type Activity, type ChangeGroup, groupOf } from "../app/(main)/activity/view.ts";
import type { NodeReport } from "../app/(main)/nodes/view.ts";
import { fromWire } from "../trpc/wire.ts";
import { type RouterInputs, type RouterOutputs, useTRPC, useTRPCClient } from "../trpc/client.ts";
import { hearingAmong } from "./heard.ts";
import { useObjects } from "./objects.ts";
import { useHearings } from "./presence.ts";
import { useSessionCounts } from "./sessions.ts";
import { throttled } from "./throttled.ts";

export interface Answer<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly refetch: () => void;
}

/** All nodes: those that are objects, and those whose agent reports. Reports stream in through `useStatusFeeds`, who is heard with the beats. */
export function useNodes(): Answer<{ readonly head: number; readonly reports: readonly NodeReport[] }> {
  const trpc = useTRPC();
  const nodes = useObjects(Node);
  const summary = useQuery(trpc.overview.summary.queryOptions());
  const status = useQuery(trpc.nodes.status.queryOptions(undefined, { staleTime: 30_000 }));
  const hearings = useHearings();
  const sessions = useSessionCounts();
  const data = useMemo(() => {
    if (status.data === undefined || !nodes.loaded) return undefined;
    const byName = new Map<string, NodeReport>(
      nodes.items.map(({ metadata, spec }) => [
        metadata.name,
        { name: metadata.name, addresses: addressesOf(spec), ...hearingAmong(hearings, metadata.name) },
      ]),
    );
    for (const { node, lastSeen, status: said } of status.data) {
      byName.set(node, {
        name: node,
        addresses: byName.get(node)?.addresses ?? [],
        ...hearingAmong(hearings, node),
        reportedAt: lastSeen,
        status: said,
      });
    }
    const countsOf = isUntold(sessions) ? {} : sessions.byNode;
    const reports = [...byName.values()].map((report) => {
      const counts = countsOf[report.name];
      return counts === undefined ? report : { ...report, sessions: counts };
    });
    const head = Math.max(summary.data?.revision ?? 0, ...reports.map((report) => report.status?.appliedRevision ?? 0));
    return { head, reports };
  }, [nodes.items, nodes.loaded, status.data, summary.data, hearings, sessions]);
  return {
    data,
    error: status.error ?? nodes.error,
    refetch: () => {
      void status.refetch();
      nodes.refetch();
    },
  };
}

function addressesOf({ bgp, addresses }: Lenient<SpecOf<typeof Node>>): readonly string[] {
  const bare = [bgp?.ipv4Address, bgp?.ipv6Address].flatMap((text) =>
    text === undefined ? [] : [text.replace(/\/\d+$/, "")],
  );
  return bare.length > 0 ? bare : (addresses ?? []).flatMap(({ address }) => address ?? []);
}

const PROBES_MS = 1_000;

/** Keeps node reports and lab probes current; once per tab. */
export function useStatusFeeds(): void {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const trpc = useTRPC();
  useEffect(() => {
    let stopped = false;
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const again = (start: () => void) => {
      if (!stopped) timers.add(setTimeout(start, 3000));
    };
    let nodes: { unsubscribe: () => void } | undefined;
    let lab: { unsubscribe: () => void } | undefined;
    const startNodes = () => {
      nodes = client.nodes.watch.subscribe(undefined, {
        onData: ({ isWhole, nodes: told }) => {
          queryClient.setQueryData(trpc.nodes.status.queryKey(), (old) => {
            const byNode = new Map((isWhole ? [] : (old ?? [])).map((view) => [view.node, view]));
            for (const view of told) byNode.set(view.node, view);
            return [...byNode.values()];
          });
          for (const derived of [trpc.health, trpc.bgp, trpc.nodes.routes])
            void queryClient.invalidateQueries({ queryKey: derived.pathKey(), refetchType: "active" });
        },
        onError: () => again(startNodes),
      });
    };
    // The lab tells of every few probes; what is asked for is all of them, with what the evaluator says.
    const askProbes = throttled(PROBES_MS, () => {
      void queryClient.invalidateQueries({ queryKey: trpc.lab.probes.queryKey(), refetchType: "active" });
    });
    const startLab = () => {
      lab = client.lab.watch.subscribe(undefined, {
        onData: (view) => {
          queryClient.setQueryData(trpc.lab.matrix.queryKey(), view);
          askProbes();
        },
        onError: () => again(startLab),
      });
    };
    startNodes();
    startLab();
    return () => {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      nodes?.unsubscribe();
      lab?.unsubscribe();
      askProbes.cancel();
    };
  }, [client, queryClient, trpc]);
}

export function useHealth() {
  const trpc = useTRPC();
  return useQuery(trpc.health.conditions.queryOptions(undefined, { refetchInterval: 15_000 }));
}

/** The newest change sets. `system` includes what agents and controllers wrote. */
export function useActivity(
  limit: number,
  { system = false }: { readonly system?: boolean } = {},
): Answer<{ readonly sets: readonly ChangeGroup[] }> {
  const query = useQuery(useTRPC().changes.sets.queryOptions({ limit, system }, { staleTime: 5000 }));
  const data = useMemo(() => query.data && { sets: query.data.sets.map(groupOf) }, [query.data]);
  return { data, error: query.error, refetch: () => void query.refetch() };
}

const PAGE = 100;

export type ActivityFilter = Omit<RouterInputs["changes"]["sets"], "limit" | "before">;

/** The whole log behind a filter, page by page, newest first. */
export function useActivityLog(filter: ActivityFilter): Answer<{
  readonly sets: readonly ChangeGroup[];
  /** Reads the next older page; undefined at the log's beginning. */
  readonly older: (() => void) | undefined;
  readonly isReading: boolean;
}> {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const query = useInfiniteQuery({
    queryKey: [...trpc.changes.sets.pathKey(), "pages", filter],
    queryFn: ({ pageParam, signal }) =>
      client.changes.sets.query(
        { limit: PAGE, ...filter, ...(pageParam === undefined ? {} : { before: pageParam }) },
        { signal },
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    staleTime: 5000,
  });
  const data = useMemo(() => {
    if (query.data === undefined) return undefined;
    return {
      sets: query.data.pages.flatMap(({ sets }) => sets.map(groupOf)),
      older: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
      isReading: query.isFetching,
    };
    // oxlint-disable-next-line react/exhaustive-deps -- the query itself is another object at each render
  }, [query.data, query.hasNextPage, query.isFetching]);
  return { data, error: query.error, refetch: () => void query.refetch() };
}

/** At once at most. */
const MAX_EFFECTS = 200;

/** What sets did, by revision; of the newest of them. */
export function useEffects(sets: readonly ChangeGroup[]): ReadonlyMap<number, ChangeSetEffect> | Untold {
  const of = sets.slice(0, MAX_EFFECTS).map(({ revision }) => revision);
  const input = of.length === 0 ? skipToken : { of };
  const options = { staleTime: 60_000, placeholderData: keepPreviousData };
  const told = toldBy(useQuery(useTRPC().changes.effects.queryOptions(input, options)));
  return useMemo(() => (isUntold(told) ? told : new Map(told.map((effect) => [effect.revision, effect]))), [told]);
}

/** What one set wrote, in the order in which it was written. */
export function useChangeSet(revision: number): Answer<readonly Activity[]> {
  const query = useQuery(
    useTRPC().changes.set.queryOptions(Number.isSafeInteger(revision) ? { revision } : skipToken, {
      staleTime: Infinity,
    }),
  );
  const data = useMemo(() => query.data?.map(activityOf).toReversed(), [query.data]);
  return { data, error: query.error, refetch: () => void query.refetch() };
}

/** As the server's answer has it. */
function activityOf({ object, previous, ...entry }: RouterOutputs["changes"]["list"]["activities"][number]): Activity {
  return { ...entry, object: fromWire(object), ...(previous === undefined ? {} : { previous: fromWire(previous) }) };
}
