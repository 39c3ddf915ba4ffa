"use client";
import type { ObjectRef } from "@percale/resources/catalog";
import Link from "next/link";
import { Fragment } from "react";
import { pathOf } from "../../../words/kinds.ts";
import { Age } from "../../../parts/age.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { SeverityMark } from "../../../parts/severity.tsx";
import { SessionState } from "./session-table.tsx";
import {
  asWords,
  endFacts,
  endState,
  familyWords,
  partiesOf,
  type Remark,
  remarkOn,
  routesOf,
  type Session,
  type SessionEnd,
} from "./view.ts";

/** The likely cause first, then its ends below each other, as each of them reports it. */
export function SessionPanel({
  session,
  others,
  onOpen,
  onClose,
}: {
  readonly session: Session;
  /** What else is between the same two. */
  readonly others: readonly Session[];
  readonly onOpen: (id: string) => void;
  readonly onClose: () => void;
}) {
  const remark = remarkOn(session);
  const missing = session.ends.length === 1 ? (session.peer.node ?? session.peer.address) : undefined;
  return (
    <Panel
      label="Session"
      title={
        <>
          <Icon name="bgp" />
          <h2>
            <span className="mono">{partiesOf(session).join(" ↔ ")}</span>
          </h2>
        </>
      }
      onClose={onClose}
    >
      <p className="ses-line">
        <SessionState standing={session.standing} />
        <span className="muted">
          {session.since !== undefined && (
            <>
              for <Age at={session.since} />,{" "}
            </>
          )}
          {familyWords(session)}, {asWords(session)}
        </span>
      </p>
      {remark !== undefined && <Cause session={session} remark={remark} />}
      {others.length > 0 && (
        <section className="sect" aria-label="Other sessions between them">
          <div className="sh">
            <h3 className="h2">Also between them</h3>
          </div>
          <ul className="ses-others">
            {others.map((other) => (
              <li key={other.id}>
                <button type="button" className="link" onClick={() => onOpen(other.id)}>
                  {familyWords(other)}
                </button>
                <SessionState standing={other.standing} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {session.ends.map((end) => (
        <End key={end.node} end={end} />
      ))}
      {missing !== undefined && (
        <section className="sect end" aria-label={missing}>
          <div className="sh">
            {session.peer.node === undefined ? (
              <h3 className="mono">{missing}</h3>
            ) : (
              <NodeName name={session.peer.node} />
            )}
            <span className="muted">
              {session.peer.node === undefined ? "not a node of ours" : "does not report this session"}
            </span>
          </div>
        </section>
      )}
    </Panel>
  );
}

const NOTE_ICONS = { d: "crit", w: "warn", "": "info" } as const;

function Cause({ session: { ends, cause }, remark }: { readonly session: Session; readonly remark: Remark }) {
  const asked = ends.find(({ ref }) => ref !== undefined)?.ref;
  return (
    <div className={`note ${remark.tone}`}>
      <Icon name={NOTE_ICONS[remark.tone]} />
      <div>
        <p>
          <b>{remark.reason}</b> {remark.advice}
        </p>
        {remark.facts !== undefined && <p className="muted sm">{remark.facts}</p>}
        <p className="ses-links">
          {cause !== undefined && (
            <Link className="link" href={`/health?node=${ends[0]!.node}`}>
              Its condition
            </Link>
          )}
          {asked !== undefined && <RefLink of={asked} />}
        </p>
      </div>
    </div>
  );
}

function End({ end }: { readonly end: SessionEnd }) {
  const { severity, text, lastWord } = endState(end);
  const routes = routesOf(end);
  return (
    <section className="sect end" aria-label={end.node}>
      <div className="sh">
        <NodeName name={end.node} />
        <SeverityMark severity={severity} text={text} />
        <span className="end muted">
          {lastWord === undefined ? end.since !== "" && <Age at={end.since} /> : `last word: ${lastWord}`}
        </span>
      </div>
      <dl className="kv">
        {endFacts(end).map(([title, value]) => (
          <Fragment key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
        {routes !== undefined && (
          <>
            <dt>Routes</dt>
            <dd>
              {routes.received} received{routes.filtered > 0 && `, ${routes.filtered} filtered`}, {routes.sent} sent
            </dd>
          </>
        )}
        {end.ref !== undefined && (
          <>
            <dt>Asked for by</dt>
            <dd>
              <RefLink of={end.ref} />
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

function NodeName({ name }: { readonly name: string }) {
  return (
    <h3>
      <Link className="mono link" href={`/nodes/${name}`}>
        {name}
      </Link>
    </h3>
  );
}

function RefLink({ of }: { readonly of: ObjectRef }) {
  return (
    <Link className="link" href={pathOf(of)}>
      {of.kind} {of.name}
    </Link>
  );
}
