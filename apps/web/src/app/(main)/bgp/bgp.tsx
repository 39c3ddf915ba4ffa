"use client";
import { countSessions, sayCounts } from "@percale/bgp/standing";
import { IPPool } from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo } from "react";
import { useObjects } from "../../../live/objects.ts";
import { useTense } from "../../../live/presence.ts";
import { useSessions } from "../../../live/sessions.ts";
import { parseOpen } from "../../../words/kinds.ts";
import { Icon } from "../../../parts/icon.tsx";
import { MissingPanel } from "../../../parts/missing-panel.tsx";
import { ObjectPanel } from "../../../parts/object-panel.tsx";
import { Empty, Loaded } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { usePageTitle } from "../../../shell/title.ts";
import { useTRPC } from "../../../trpc/client.ts";
import { RouteTable } from "./route-table.tsx";
import { routeRows } from "./routes.ts";
import { SessionPanel } from "./session-panel.tsx";
import { SessionTable } from "./session-table.tsx";
import { Topology } from "./topology.tsx";
import { partiesOf, type Session, sortSessions } from "./view.ts";
import "../../../styles/bgp.css";
import "../../../styles/editor.css";

/** Who exchanges routes with whom: broken sessions alone, healthy ones quiet. The table holds the same; below, who announces what. */
export function Bgp() {
  usePageTitle("BGP");
  const url = useUrlState();
  const told = useSessions();
  const sessions = useMemo(() => sortSessions(told.data?.sessions ?? []), [told.data]);
  const open = url.get("open");
  const id = open?.startsWith("session/") === true ? open.slice("session/".length) : undefined;
  const selected = sessions.find((session) => session.id === id);
  const onOpen = (id: string | undefined) =>
    url.set({ open: id === undefined ? undefined : `session/${id}`, new: undefined }, "push");
  return (
    <>
      <main className="main" id="main">
        <Bar />
        <Loaded query={told} what="BGP sessions">
          {({ nodes }) =>
            sessions.length === 0 ? (
              <Empty
                title="No BGP session reported"
                help="Nodes exchange their routes over BGP. The mesh starts by itself when two nodes have joined."
              />
            ) : (
              <Sessions
                nodes={nodes.map(({ node }) => node)}
                sessions={sessions}
                selected={selected?.id}
                onOpen={onOpen}
              />
            )
          }
        </Loaded>
      </main>
      {id === undefined ? (
        <ObjectPanel openRef={parseOpen(open)} />
      ) : selected === undefined ? (
        told.data !== undefined && (
          <MissingPanel
            title="No such session"
            help={
              <>
                No node reports <span className="mono">{id}</span> now. It may have been taken out of the configuration.
              </>
            }
            onClose={() => onOpen(undefined)}
          />
        )
      ) : (
        <SessionPanel
          session={selected}
          others={sessions.filter((one) => one !== selected && areBetweenTheSame(one, selected))}
          onOpen={onOpen}
          onClose={() => onOpen(undefined)}
        />
      )}
    </>
  );
}

function Bar() {
  const url = useUrlState();
  const isList = url.get("view") === "list";
  return (
    <div className="bar">
      <span className="seg" role="group" aria-label="View">
        <button type="button" aria-pressed={!isList} onClick={() => url.set({ view: undefined })}>
          <Icon name="bgp" />
          Topology
        </button>
        <button type="button" aria-pressed={isList} onClick={() => url.set({ view: "list" })}>
          <Icon name="list" />
          Sessions
        </button>
      </span>
      <span className="end">
        <Link className="btn hide-s" href="/bgpconfigurations">
          Configuration
        </Link>
        <Link className="btn hide-s" href="/bgppeers">
          Peers
        </Link>
        <button type="button" className="btn" onClick={() => url.set({ new: "bgppeers", open: undefined }, "push")}>
          <Icon name="plus" />
          New peer
        </button>
      </span>
    </div>
  );
}

function Sessions({
  nodes,
  sessions,
  selected,
  onOpen,
}: {
  readonly nodes: readonly string[];
  readonly sessions: readonly Session[];
  readonly selected: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
}) {
  const url = useUrlState();
  const trpc = useTRPC();
  const usage = useQuery(trpc.pools.usage.queryOptions());
  const pools = useObjects(IPPool);
  const { say, verb } = useTense();
  const { lead: sentence, rest } = sayCounts(countSessions(sessions), verb);
  const lead = say(sentence);
  const isList = url.get("view") === "list";
  const shown = isList ? sessions : shortList(sessions);
  const kept = useMemo(
    () =>
      new Set(pools.items.filter(({ spec }) => spec.disableBGPExport === true).map(({ metadata }) => metadata.name)),
    [pools.items],
  );
  const routes = useMemo(() => routeRows(usage.data ?? [], sessions, kept), [usage.data, sessions, kept]);
  return (
    <div className="scroll">
      <p className="qbar">
        <b className="strong">{lead}</b> <span className="muted">{rest}</span>
      </p>
      {!isList && (
        <Topology nodes={nodes} sessions={sessions} words={`${lead} ${rest}`} selected={selected} onOpen={onOpen} />
      )}
      <SessionTable sessions={shown} selected={selected} onOpen={(session) => onOpen(session.id)} />
      {shown.length < sessions.length && (
        <p className="pad">
          <button type="button" className="link" onClick={() => url.set({ view: "list" })}>
            All {sessions.length} sessions
          </button>
        </p>
      )}
      {usage.data !== undefined && (
        <RouteTable rows={routes} text={url.get("q") ?? ""} onText={(q) => url.set({ q: q === "" ? undefined : q })} />
      )}
    </div>
  );
}

/** Under the picture: what is not established; where all is, the first few. */
function shortList(sessions: readonly Session[]): readonly Session[] {
  const broken = sessions.filter(({ standing }) => standing !== "established");
  return broken.length > 0 ? broken : sessions.slice(0, 8);
}

function areBetweenTheSame(a: Session, b: Session): boolean {
  return partiesOf(a).toSorted().join("~") === partiesOf(b).toSorted().join("~");
}
