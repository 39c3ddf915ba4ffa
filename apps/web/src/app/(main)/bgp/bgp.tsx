"use client";
import Link from "next/link";
import { useMemo } from "react";
import { useDiagnosedSessions, useNodes } from "../../../live/queries.ts";
import { useTense } from "../../../live/presence.ts";
import { parseOpen } from "../../../words/kinds.ts";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectPanel } from "../../../parts/object-panel.tsx";
import { Empty, Loaded } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { usePageTitle } from "../../../shell/title.ts";
import { SessionPanel } from "./session-panel.tsx";
import { SessionTable } from "./session-table.tsx";
import { Topology } from "./topology.tsx";
import { sessionsOf, sessionsVerdict } from "./view.ts";
import "../../../styles/bgp.css";
import "../../../styles/editor.css";

/** Who exchanges routes with whom: broken sessions alone, healthy ones quiet. The table holds the same. */
export function Bgp() {
  usePageTitle("BGP");
  const url = useUrlState();
  const nodes = useNodes();
  const diagnosed = useDiagnosedSessions();
  const sessions = useMemo(() => sessionsOf(nodes.data?.reports ?? []), [nodes.data]);
  const open = url.get("open") ?? undefined;
  const selected = sessions.find((session) => session.id === open?.replace("session/", ""));
  const view = url.get("view") === "list" ? "list" : "map";
  const verdict = sessionsVerdict(sessions, useTense());
  const onOpen = (id: string | undefined) =>
    url.set({ open: id === undefined ? undefined : `session/${id}`, new: undefined }, "push");
  return (
    <>
      <main className="main" id="main">
        <div className="bar">
          <span className="seg" role="group" aria-label="View">
            <button type="button" aria-pressed={view === "map"} onClick={() => url.set({ view: undefined })}>
              <Icon name="bgp" />
              Topology
            </button>
            <button type="button" aria-pressed={view === "list"} onClick={() => url.set({ view: "list" })}>
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
        <Loaded query={nodes} what="BGP sessions">
          {({ reports }) =>
            sessions.length === 0 ? (
              <Empty
                title="No BGP session reported"
                help="Nodes exchange their routes over BGP. The mesh starts by itself when two nodes have joined."
              />
            ) : (
              <div className="scroll">
                <p className="qbar">
                  <b className="strong">{verdict.lead}</b> <span className="muted">{verdict.rest}</span>
                </p>
                {view === "map" && (
                  <Topology reports={reports} sessions={sessions} selected={selected?.id} onOpen={onOpen} />
                )}
                <SessionTable
                  diagnosed={diagnosed}
                  sessions={view === "map" ? shortList(sessions) : sessions}
                  selected={selected?.id}
                  onOpen={(session) => onOpen(session.id)}
                />
                {view === "map" && shortList(sessions).length < sessions.length && (
                  <p className="pad">
                    <button type="button" className="link" onClick={() => url.set({ view: "list" })}>
                      All {sessions.length} sessions
                    </button>
                  </p>
                )}
              </div>
            )
          }
        </Loaded>
      </main>
      {selected === undefined ? (
        <ObjectPanel openRef={parseOpen(open ?? null)} />
      ) : (
        <SessionPanel session={selected} diagnosed={diagnosed} onClose={() => onOpen(undefined)} />
      )}
    </>
  );
}

/** Under the picture: what is broken; where all is well, the first few. */
function shortList<T extends { readonly state: string }>(sessions: readonly T[]): readonly T[] {
  const broken = sessions.filter((session) => session.state !== "Established");
  return broken.length > 0 ? broken : sessions.slice(0, 8);
}
