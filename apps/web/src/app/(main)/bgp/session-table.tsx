"use client";
import { sayStanding } from "@percale/bgp/standing";
import { Age } from "../../../parts/age.tsx";
import { SeverityMark } from "../../../parts/severity.tsx";
import "../../../styles/bgp.css";
import { asWords, familyWords, partiesOf, remarkOn, type Session, severityOf } from "./view.ts";

export function SessionState({ standing }: Pick<Session, "standing">) {
  return <SeverityMark severity={severityOf(standing)} text={sayStanding(standing)} />;
}

/** The twin of the picture. */
export function SessionTable(props: {
  readonly sessions: readonly Session[];
  readonly selected: string | undefined;
  readonly onOpen: (session: Session) => void;
}) {
  const isExplained = props.sessions.some((session) => remarkOn(session) !== undefined);
  return (
    <div className="tw sess">
      <table>
        <thead>
          <tr>
            <th>Session</th>
            <th>State</th>
            <th className="hide-s">Family</th>
            <th className="hide-s">AS</th>
            <th className="hide-s">Since</th>
            {isExplained && <th className="hide-s">Why</th>}
          </tr>
        </thead>
        <tbody>
          {props.sessions.map((session) => {
            const remark = remarkOn(session);
            return (
              <tr key={session.id} aria-selected={session.id === props.selected}>
                <td>
                  <button type="button" className="link-row mono" onClick={() => props.onOpen(session)}>
                    {partiesOf(session).join(" ↔ ")}
                  </button>
                  <div className="only-s muted">{remark?.reason ?? familyWords(session)}</div>
                </td>
                <td>
                  <SessionState standing={session.standing} />
                </td>
                <td className="hide-s">{familyWords(session)}</td>
                <td className="hide-s">{asWords(session)}</td>
                <td className="hide-s">
                  <Age at={session.since} />
                </td>
                {isExplained && <td className="hide-s muted why">{remark?.reason ?? "–"}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
