"use client";
import { useMemo } from "react";
import { useTense } from "../../../live/presence.ts";
import { useHealth, useNodes } from "../../../live/queries.ts";
import { ConditionList } from "../../../parts/condition-list.tsx";
import { SeverityMark } from "../../../parts/severity.tsx";
import { Loaded } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { usePageTitle } from "../../../shell/title.ts";

const GROUPS = [
  ["error", "Critical"],
  ["warning", "Warnings"],
  ["info", "Notes"],
] as const;

/** Every coded condition of every part: what, since when, what to do, where. */
export function Health() {
  usePageTitle("Health");
  const url = useUrlState();
  const health = useHealth();
  const nodes = useNodes();
  const known = useMemo(() => new Set((nodes.data?.reports ?? []).map((report) => report.name)), [nodes.data]);
  const tense = useTense();
  const source = url.get("node");
  return (
    <main className="main" id="main">
      <Loaded query={health} what="health">
        {(all) => {
          const conditions = all
            .filter((one) => source === null || (one.nodes ?? [one.source]).includes(source))
            .map((one) => ({
              ...one,
              ...(known.has(one.source) && one.nodes === undefined ? { node: one.source } : {}),
            }));
          return (
            <div className="scroll">
              <div className="pad health">
                <p className="verd-line">
                  {conditions.length === 0 ? (
                    <>
                      <SeverityMark severity={tense.isPast ? "unknown" : "ok"} />{" "}
                      <b className="strong">{tense.say(`Nothing ${tense.verb("is", "was")} reported.`)}</b>
                    </>
                  ) : (
                    <>
                      <b className="strong">
                        {conditions.length === 1 ? "1 condition" : `${conditions.length} conditions`}.
                      </b>{" "}
                      <span className="muted">Each says what to do; it goes away by itself when that is done.</span>
                    </>
                  )}
                </p>
                {GROUPS.map(([severity, title]) => {
                  const group = conditions.filter((condition) => condition.severity === severity);
                  return group.length === 0 ? null : (
                    <section key={severity} className="card health-group" aria-label={title}>
                      <div className="ch">
                        <h2 className="h2">{title}</h2>
                        <span className="muted">{group.length}</span>
                      </div>
                      <ConditionList conditions={group} />
                    </section>
                  );
                })}
              </div>
            </div>
          );
        }}
      </Loaded>
    </main>
  );
}
