"use client";
import { Fragment } from "react";
import { ObjectName } from "../../../parts/object-name.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { TurnRound } from "../../../parts/turn-round.tsx";
import type { Trace } from "../../../policy/trace.ts";

/** The smallest edits that turn the answer round. */
export function ChangeIt({ result }: { readonly result: Trace }) {
  const url = useUrlState();
  const denied = result.verdict === "Deny";
  const deciders = result.halves.flatMap((half) => half.rows.filter((row) => row.decides && row.path !== undefined));
  return (
    <section className="card" aria-label="What would change it">
      <div className="ch">
        <h2 className="h2">What would change it</h2>
      </div>
      <ul className="opts">
        <li>
          <div>
            <b>{denied ? "Allow it" : "Deny it"} with a new policy</b>
            <p className="muted sm">
              Drafted as the smallest rule; nothing is written before you have seen its effect.
            </p>
          </div>
          <TurnRound className={denied ? "btn pri" : "btn"} denied={denied} />
        </li>
        {deciders.map((row) => (
          <Fragment key={`${row.path}${row.rule}`}>
            <li>
              <div>
                <b>
                  Edit <ObjectName namespace={row.namespace} name={row.name} />
                </b>
                <p className="muted sm">It decides{row.rule === undefined ? "" : ` by rule ${row.rule}`}.</p>
              </div>
              <button type="button" className="btn" onClick={() => url.set({ open: row.path, new: undefined }, "push")}>
                Edit
              </button>
            </li>
          </Fragment>
        ))}
      </ul>
    </section>
  );
}
