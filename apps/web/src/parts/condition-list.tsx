import type { Condition } from "@percale/protocol";
import Link from "next/link";
import { pathOf } from "../words/kinds.ts";
import { Age } from "./age.tsx";
import { CONDITION_SEVERITIES, SeverityMark } from "./severity.tsx";

/** Coded conditions: what is wrong in our words, in the kernel's, and what to do. */
export function ConditionList({
  conditions,
  short = false,
}: {
  readonly conditions: readonly (Condition & { readonly node?: string })[];
  readonly short?: boolean;
}) {
  return (
    <ul className="alerts">
      {conditions.map((condition) => (
        <li key={`${condition.node ?? ""}${condition.code}${condition.detail}`}>
          <SeverityMark severity={CONDITION_SEVERITIES[condition.severity]} />
          <div>
            <b>
              {condition.title}
              {condition.node !== undefined && (
                <>
                  {" "}
                  on{" "}
                  <Link className="mono link" href={`/nodes/${condition.node}`}>
                    {condition.node}
                  </Link>
                </>
              )}
            </b>
            {short ? (
              // Plain words; the kernel's own are on Health.
              <p title={condition.detail}>{condition.advice === "" ? condition.detail : condition.advice}</p>
            ) : (
              <>
                {condition.detail !== "" && <p>{condition.detail}</p>}
                {condition.advice !== "" && <p className="advice">{condition.advice}</p>}
              </>
            )}
            {!short && (
              <code className="muted sm" title="The code to look up in docs/reference/conditions.md">
                {condition.code}
              </code>
            )}{" "}
            {condition.ref !== undefined && (
              <Link className="link sm" href={pathOf(condition.ref)}>
                {condition.ref.kind} {condition.ref.namespace === undefined ? "" : `${condition.ref.namespace}/`}
                {condition.ref.name}
              </Link>
            )}
          </div>
          <span className="muted sm">
            <Age at={condition.since} />
          </span>
        </li>
      ))}
    </ul>
  );
}
