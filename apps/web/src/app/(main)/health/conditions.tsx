import Link from "next/link";
import { Age } from "../../../parts/age.tsx";
import { CONDITION_SEVERITIES, SeverityMark } from "../../../parts/severity.tsx";
import type { NodeRow } from "../nodes/view.ts";
import { type FoundCondition, placeOf } from "./view.ts";

/** What is wrong in our words, in the kernel's, what to do, and where. */
export function Conditions({
  conditions,
  rows,
}: {
  readonly conditions: readonly FoundCondition[];
  readonly rows: readonly NodeRow[];
}) {
  const isNode = (name: string) => rows.some((row) => row.name === name);
  const firing = conditions.filter(({ severity }) => severity !== "info").length;
  return (
    <section className="card" aria-label="Conditions">
      <div className="ch">
        <h2 className="h2">Conditions</h2>
        <span className="muted">{firing === 0 ? "notes alone" : `${firing} firing, worst first`}</span>
      </div>
      <ul className="alerts found">
        {conditions.map((one) => {
          const place = placeOf(one, isNode);
          return (
            <li key={`${one.source} ${one.code} ${one.title} ${one.detail}`}>
              <SeverityMark severity={CONDITION_SEVERITIES[one.severity]} />
              <div>
                <b>
                  {one.title}
                  {one.nodes === undefined && isNode(one.source) && !one.title.includes(one.source) && (
                    <>
                      {" "}
                      on <span className="mono">{one.source}</span>
                    </>
                  )}
                </b>
                {one.advice !== "" && <p className="advice">{one.advice}</p>}
                {one.detail !== "" && <p>{one.detail}</p>}
                <code className="muted sm" title="The code to look up in docs/reference/conditions.md">
                  {one.code}
                </code>
              </div>
              {place !== undefined && (
                <Link className="btn" href={place.href}>
                  {place.text}
                </Link>
              )}
              <span className="muted sm since">
                <Age at={one.since} />
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
