"use client";
import Link from "next/link";
import { Fragment } from "react";
import { Age } from "../../../parts/age.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { kindWords, SessionState } from "./session-table.tsx";
import { likelyCause, type Session } from "./view.ts";

/** Both ends beside each other, as each of them reports it, with the likely cause first. */
export function SessionPanel({ session, onClose }: { readonly session: Session; readonly onClose: () => void }) {
  const cause = session.ends.map((end) => likelyCause(end.session)).find((text) => text !== undefined);
  const rows: readonly (readonly [string, (end: Session["ends"][number]) => React.ReactNode])[] = [
    ["State", ({ session: end }) => <SessionState state={end.state} />],
    ["Since", ({ session: end }) => <Age at={end.since} />],
    ["Peer address", ({ session: end }) => <span className="mono">{end.peerIP}</span>],
    ["Peer AS", ({ session: end }) => <span className="mono">{end.asNumber}</span>],
    ["Routes imported", ({ session: end }) => end.routesImported],
    ["Routes exported", ({ session: end }) => end.routesExported],
    ["BIRD says", ({ session: end }) => (end.info === "" ? "–" : end.info)],
  ];
  return (
    <Panel
      label="Session"
      title={
        <>
          <Icon name="bgp" />
          <h2>
            <span className="mono">
              {session.node} ↔ {session.peer}
            </span>
          </h2>
        </>
      }
      onClose={onClose}
    >
      {session.state === "Half configured" && (
        <div className="note d">
          <Icon name="crit" />
          <div>
            <b>Only {session.node} has this session.</b> {session.peer} has no peer for {session.node}.
          </div>
        </div>
      )}
      {cause !== undefined && (
        <div className="note w">
          <Icon name="warn" />
          <div>
            <b>Likely cause.</b> {cause}
          </div>
        </div>
      )}
      <dl className="ends" style={{ gridTemplateColumns: `116px repeat(${session.ends.length}, minmax(0, 1fr))` }}>
        <dt>{kindWords(session)}</dt>
        {session.ends.map((end) => (
          <dd key={end.node}>
            <Link className="mono link" href={`/nodes/${end.node}`}>
              {end.node}
            </Link>
          </dd>
        ))}
        {rows.map(([title, cell]) => (
          <Fragment key={title}>
            <dt>{title}</dt>
            {session.ends.map((end) => (
              <dd key={end.node}>{cell(end)}</dd>
            ))}
          </Fragment>
        ))}
      </dl>
    </Panel>
  );
}
