"use client";
import type { BgpSession } from "@percale/protocol";
import type { ObjectRef } from "@percale/resources";
import Link from "next/link";
import { Fragment, type ReactNode } from "react";
import { pathOf } from "../../../words/kinds.ts";
import { Age } from "../../../parts/age.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { SessionState } from "./session-table.tsx";
import { causesOf, type DiagnosedEnd, pairsOf, type Session, type SessionEnd, stateOf } from "./view.ts";

const ROWS: readonly (readonly [title: string, cell: (session: BgpSession) => ReactNode])[] = [
  ["Since", ({ since }) => <Age at={since} />],
  ["BIRD says", ({ info }) => (info === "" ? "–" : info)],
  ["Own address", ({ localIP }) => mono(localIP)],
  ["Own AS", ({ localASNumber }) => mono(localASNumber)],
  ["Peer address", ({ peerIP, port }) => mono(port === undefined || port === 179 ? peerIP : `${peerIP} port ${port}`)],
  ["Expected AS", ({ asNumber }) => mono(asNumber)],
  ["Connecting", ({ passive }) => (passive === undefined ? "–" : passive ? "waits for the peer" : "connects")],
  ["Password", ({ hasPassword }) => (hasPassword === undefined ? "–" : hasPassword ? "yes" : "no")],
  ["TTL security", ({ ttlHops }) => ttlHops ?? "off"],
  [
    "Hold, keepalive",
    ({ holdSeconds, keepaliveSeconds }) =>
      holdSeconds === undefined ? "–" : `${holdSeconds} s, ${keepaliveSeconds ?? "–"} s`,
  ],
  ["Routes received", ({ routesImported, routesFiltered = 0 }) => routesIn(routesImported, routesFiltered)],
  ["Routes sent", ({ routesExported }) => routesExported],
  ["Lost so far", ({ flaps }) => lost(flaps)],
  ["Asked for by", ({ ref }) => (ref === undefined ? "the mesh" : <RefLink of={ref} />)],
];

/** The likely cause first, then both ends beside each other, as each of them reports it. */
export function SessionPanel({
  session,
  diagnosed,
  onClose,
}: {
  readonly session: Session;
  readonly diagnosed: readonly DiagnosedEnd[];
  readonly onClose: () => void;
}) {
  const causes = causesOf(session, diagnosed);
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
      {session.state === "Half configured" && causes.length === 0 && (
        <div className="note d">
          <Icon name="crit" />
          <div>
            <b>Only {session.node} has this session.</b> {session.peer} has no peer for {session.node}.
          </div>
        </div>
      )}
      {causes.map((cause) => (
        <div key={cause.facts} className="note d">
          <Icon name="crit" />
          <div>
            <b>{cause.reason}</b> {cause.advice}
          </div>
        </div>
      ))}
      {pairsOf(session).map(({ title, ends }) => (
        <Ends key={title} title={title} ends={ends} />
      ))}
    </Panel>
  );
}

function Ends({ title, ends }: { readonly title: string; readonly ends: readonly SessionEnd[] }) {
  return (
    <dl className="ends" style={{ gridTemplateColumns: `116px repeat(${ends.length}, minmax(0, 1fr))` }}>
      <dt className="strong">{title}</dt>
      {ends.map((end) => (
        <dd key={end.node}>
          <Link className="mono link" href={`/nodes/${end.node}`}>
            {end.node}
          </Link>
        </dd>
      ))}
      <dt>State</dt>
      {ends.map((end) => (
        <dd key={end.node}>
          <SessionState state={stateOf(end)} />
        </dd>
      ))}
      {ROWS.map(([name, cell]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          {ends.map((end) => (
            <dd key={end.node}>{cell(end.session)}</dd>
          ))}
        </Fragment>
      ))}
    </dl>
  );
}

function RefLink({ of }: { readonly of: ObjectRef }) {
  return (
    <Link className="link" href={pathOf(of)}>
      {of.kind} {of.name}
    </Link>
  );
}

function mono(value: string | number | undefined): ReactNode {
  return value === undefined ? "–" : <span className="mono">{value}</span>;
}

function lost(flaps: number | undefined): string {
  if (flaps === undefined) return "–";
  return flaps === 0 ? "never" : flaps === 1 ? "once" : `${flaps} times`;
}

function routesIn(imported: number, filtered: number): string {
  return filtered === 0 ? String(imported) : `${imported}, and ${filtered} filtered`;
}
