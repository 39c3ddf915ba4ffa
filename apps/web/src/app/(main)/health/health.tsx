"use client";
import { IPPool } from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useBeats, useTense } from "../../../live/presence.ts";
import { useObjects } from "../../../live/objects.ts";
import { useHealth, useNodes } from "../../../live/queries.ts";
import { useSessionCounts } from "../../../live/sessions.ts";
import { Headline } from "../../../parts/headline.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { Loaded } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { usePageTitle } from "../../../shell/title.ts";
import { useTRPC } from "../../../trpc/client.ts";
import { isUntold } from "../../../words/untold.ts";
import { poolRows } from "../ippools/view.ts";
import { nodeRows } from "../nodes/view.ts";
import { Conditions } from "./conditions.tsx";
import { DayCard, NearCard, WatchedCard } from "./cards.tsx";
import { type FoundCondition, healthVerdict, nearest, watched } from "./view.ts";
import "../../../styles/health.css";

/** Every coded condition of every part, what is watched and when it was heard, and when each condition held. */
export function Health() {
  usePageTitle("Health");
  const health = useHealth();
  return (
    <main className="main" id="main">
      <Loaded query={health} what="health">
        {(conditions) => <HealthBody all={conditions} />}
      </Loaded>
    </main>
  );
}

function HealthBody({ all }: { readonly all: readonly FoundCondition[] }) {
  const trpc = useTRPC();
  const url = useUrlState();
  const reports = useNodes().data?.reports;
  const marks = useBeats();
  const tense = useTense();
  const counts = useSessionCounts();
  const pools = useObjects(IPPool);
  const usage = useQuery(trpc.pools.usage.queryOptions()).data;
  const rows = useMemo(() => nodeRows(reports ?? []), [reports]);
  const poolList = useMemo(() => poolRows(pools.items, usage ?? []), [pools.items, usage]);
  const node = url.get("node");
  const conditions = node === null ? all : all.filter((one) => (one.nodes ?? [one.source]).includes(node));
  const near = nearest({ pools: poolList, rows, marks });
  const verdict = healthVerdict({ conditions: all, rows, marks, near }, tense);
  const parts = watched({ rows, sessions: isUntold(counts) ? undefined : counts.all, marks }, tense);
  return (
    <div className="scroll">
      <div className="pad health">
        <Headline {...verdict} />
        {node !== null && (
          <p className="rowb health-of">
            Conditions of <span className="mono">{node}</span> alone
            <button type="button" className="btn ghost mini" onClick={() => url.set({ node: undefined })}>
              <Icon name="close" />
              Show all
            </button>
          </p>
        )}
        <div className="hgrid">
          {conditions.length > 0 ? <Conditions conditions={conditions} rows={rows} /> : <NearCard near={near} />}
          <WatchedCard parts={parts} />
          <DayCard isWide={conditions.length === 0} />
          {conditions.length > 0 && <NearCard near={near} />}
        </div>
      </div>
    </div>
  );
}
