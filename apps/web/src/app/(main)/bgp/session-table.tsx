"use client";
import { Age } from "../../../parts/age.tsx";
import { causesOf, type DiagnosedEnd, type Health, healthOf, type Session, worstEnd } from "./view.ts";
import { Icon, type IconName } from "../../../parts/icon.tsx";

const MARKS: Readonly<Record<Health, { readonly tone: string; readonly icon: IconName }>> = {
  up: { tone: "allow", icon: "allow" },
  connecting: { tone: "warn", icon: "warn" },
  down: { tone: "deny", icon: "crit" },
  half: { tone: "deny", icon: "crit" },
};

export function SessionState({ state }: { readonly state: Session["state"] }) {
  const { tone, icon } = MARKS[healthOf(state)];
  return (
    <span className={`st ${tone}`}>
      <Icon name={icon} />
      {state}
    </span>
  );
}

/** The twin of the picture. */
export function SessionTable(props: {
  readonly sessions: readonly Session[];
  readonly diagnosed: readonly DiagnosedEnd[];
  readonly selected: string | undefined;
  readonly onOpen: (session: Session) => void;
}) {
  return (
    <div className="tw sess">
      <table>
        <thead>
          <tr>
            <th>Session</th>
            <th>State</th>
            <th className="hide-s">Kind</th>
            <th className="hide-s num">Imported</th>
            <th className="hide-s num">Exported</th>
            <th className="hide-s">Since</th>
            <th className="hide-s">Why it is down</th>
          </tr>
        </thead>
        <tbody>
          {props.sessions.map((session) => {
            const worst = worstEnd(session);
            const [cause] = causesOf(session, props.diagnosed);
            return (
              <tr key={session.id} aria-selected={session.id === props.selected}>
                <td>
                  <button type="button" className="link-row mono" onClick={() => props.onOpen(session)}>
                    {session.node} ↔ {session.peer}
                  </button>
                </td>
                <td>
                  <SessionState state={session.state} />
                </td>
                <td className="hide-s">
                  {kindWords(session)} <span className="muted">AS {session.asNumber}</span>
                </td>
                <td className="hide-s num">{worst?.routesImported ?? "–"}</td>
                <td className="hide-s num">{worst?.routesExported ?? "–"}</td>
                <td className="hide-s">
                  <Age at={worst?.since} />
                </td>
                <td className="hide-s muted">{cause?.reason ?? (worst?.info || "–")}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export function kindWords({ kind }: Pick<Session, "kind">): string {
  return { NodeMesh: "mesh", NodePeer: "peer of this node", GlobalPeer: "peer of all nodes" }[kind];
}
