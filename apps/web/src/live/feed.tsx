"use client";
import type { LiveEvent } from "@percale/api";
import { IPAMHandle, objectAfter, refOf } from "@percale/resources/catalog";
import type { KubeObject } from "@percale/resources/catalog";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { fromWire } from "../trpc/wire.ts";
import { failureOf, useTRPC, useTRPCClient } from "../trpc/client.ts";
import { applyEvents, type Collection, type ObjectEvent, oneAfter, refOfEvent, type Single } from "./collection.ts";
import { connection } from "./connection.ts";
import type { NodeHearings } from "./heard.ts";
import { recent } from "./feed-state.ts";
import { collectionKey, objectKey } from "./objects.ts";
import { hearBeat, useHearings, usePresence } from "./presence.ts";
import { useStatusFeeds } from "./queries.ts";
import { throttled } from "./throttled.ts";

/** Deltas are painted at most this often; the first after a pause at once. */
const PAINT_MS = 100;
/** Answers that the server calculates from objects are asked again at most this often. */
const DERIVED_MS = 400;

/** One subscription for everything: every change of every object flows into the query cache, and nowhere is a list asked for again. */
export function LiveFeed() {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const trpc = useTRPC();
  useStatusFeeds();
  const isPast = usePresence().s === "past";
  useEffect(() => {
    if (!isPast) return undefined;
    // What the server itself says is wrong changes with what it hears: once it is silent, and once it is back.
    const lookAgain = () =>
      void queryClient.invalidateQueries({ queryKey: trpc.health.pathKey(), refetchType: "active" });
    lookAgain();
    return lookAgain;
  }, [isPast, queryClient, trpc]);
  const silent = silentAmong(useHearings());
  const toldSilent = useRef(silent);
  useEffect(() => {
    if (toldSilent.current === silent) return;
    toldSilent.current = silent;
    // Sessions and conditions are the server's answer to who is heard.
    for (const path of [trpc.health.pathKey(), trpc.bgp.pathKey()])
      void queryClient.invalidateQueries({ queryKey: path, refetchType: "active" });
  }, [silent, queryClient, trpc]);
  useEffect(() => {
    let stopped = false;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let subscription: { unsubscribe: () => void } | undefined;
    let since: number | undefined;
    const painter = createPainter(queryClient);
    const derived = throttled(DERIVED_MS, () => {
      for (const path of [
        trpc.policy.pathKey(),
        trpc.lists.pathKey(),
        trpc.board.pathKey(),
        trpc.selectors.test.pathKey(),
        trpc.pools.pathKey(),
        trpc.overview.pathKey(),
        trpc.changes.pathKey(),
        trpc.objects.history.pathKey(),
        trpc.lab.pathKey(),
        trpc.health.pathKey(),
      ]) {
        void queryClient.invalidateQueries({ queryKey: path, refetchType: "active" });
      }
    });
    const start = () => {
      subscription = client.live.watch.subscribe(since === undefined ? {} : { since }, {
        onStarted: () => {
          // Numbers that no object event carries may have moved while nobody listened.
          if (connection.read().s !== "connecting") derived();
          connection.heard(Date.now());
        },
        onData: (word) => {
          if ("t" in word) return hearBeat(word);
          const { data } = word;
          since = data.revision;
          connection.heard(Date.now(), String(since));
          const object = fromWire(data.object);
          painter.add(toEvent({ ...data, object }));
          if (isShown(object)) derived();
        },
        onConnectionStateChange: (state) => {
          if (state.state === "connecting" && state.error !== null) connection.closed(Date.now());
        },
        onError: (error) => {
          if (stopped) return;
          connection.refused(Date.now(), failureOf(error).message);
          // The window moved past us, or the server started anew: list again, quietly.
          since = undefined;
          recent.clear();
          for (const kept of ["collection", "object"]) void queryClient.invalidateQueries({ queryKey: [kept] });
          retry = setTimeout(start, 1000 + Math.random() * 1000);
        },
      });
    };
    start();
    return () => {
      stopped = true;
      clearTimeout(retry);
      painter.stop();
      subscription?.unsubscribe();
    };
  }, [client, queryClient, trpc]);
  return null;
}

/** As text, which is the same as long as they are. */
function silentAmong({ byNode }: NodeHearings): string {
  return Array.from(byNode, ([node, { hearing }]) => (hearing === "heard" ? "" : `${node} ${hearing}`)).join("");
}

function toEvent({ revision, ...event }: Omit<LiveEvent, "at" | "author">): ObjectEvent {
  const object = objectAfter(event);
  return object === undefined ? { t: "delete", revision, ref: refOf(event.object) } : { t: "put", revision, object };
}

/** IPAM's own bookkeeping changes no verdict. */
function isShown(object: KubeObject): boolean {
  return object.kind !== IPAMHandle.kind;
}

function createPainter(queryClient: QueryClient) {
  let waiting: ObjectEvent[] = [];
  const flush = throttled(PAINT_MS, () => {
    const events = waiting;
    waiting = [];
    recent.add(events);
    for (const event of events) {
      const ref = refOfEvent(event);
      queryClient.setQueryData<Single>(objectKey(ref), (old) => old && oneAfter(old, ref, [event]));
    }
    for (const [kind, ofKind] of Map.groupBy(events, (event) => refOfEvent(event).kind)) {
      queryClient.setQueryData<Collection>(collectionKey(kind), (old) =>
        old === undefined ? old : applyEvents(old, ofKind),
      );
    }
  });
  return {
    add(event: ObjectEvent) {
      waiting.push(event);
      flush();
    },
    stop: flush.cancel,
  };
}
