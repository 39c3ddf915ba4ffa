"use client";
import type { NodeReportView } from "@percale/api";
import type { EndedCondition } from "@percale/protocol";
import { useHealth } from "../../../../live/queries.ts";
import { Age, useNow } from "../../../../parts/age.tsx";
import { ConditionList } from "../../../../parts/condition-list.tsx";
import { Icon } from "../../../../parts/icon.tsx";
import { SeverityMark } from "../../../../parts/severity.tsx";
import { counted, formatBytes, formatCount } from "../../../../words/number.ts";
import { formatMoment, formatSpan } from "../../../../words/time.ts";
import { nodeConditions, type NodeReport } from "../view.ts";
import { restartWords } from "./view.ts";

/** How far the node is, what is wrong with it and was of late. */
export function Programming({
  report,
  status,
  head,
}: {
  readonly report: NodeReport;
  readonly status: NodeReportView;
  readonly head: number;
}) {
  const now = useNow();
  const conditions = nodeConditions(report.name, status.conditions, useHealth().data ?? []);
  // What is not heard now is no green, and no fault either.
  const isNow = report.hearing === "heard";
  const late = status.programmedRevision < status.appliedRevision;
  const counts = [
    ["Endpoints", status.counts.endpoints],
    ["Policies", status.counts.policies],
    ["Address sets", status.counts.sets],
    ["Set members", status.counts.setMembers],
    ["Routes", status.counts.routes],
  ] as const;
  return (
    <>
      {report.hearing === "lost" && (
        <div className="note d">
          <Icon name="crit" />
          <div>
            <b>The agent is no longer heard.</b> What it programmed stays in force; what follows is its last report,{" "}
            <Age at={report.reportedAt} ago />.
          </div>
        </div>
      )}
      <ol className="pipe" aria-label="Programming">
        <li className={isNow ? "a" : undefined}>
          <span className="muted">Stored</span>
          <span className="pv">{formatCount(head)}</span>
          <span className="sm muted">newest revision</span>
        </li>
        <li className="pa" aria-hidden>
          <Icon name="arrow" />
        </li>
        <li className={isNow ? (status.inSync ? "a" : "w") : undefined}>
          <span className="muted">Received</span>
          <span className="pv">{formatCount(status.appliedRevision)}</span>
          <span className="sm muted">{status.inSync ? "in sync" : "still loading the snapshot"}</span>
        </li>
        <li className="pa" aria-hidden>
          <Icon name="arrow" />
        </li>
        <li className={isNow ? (late ? "d" : "a") : undefined}>
          <span className="muted">In the kernel</span>
          <span className="pv">{formatCount(status.programmedRevision)}</span>
          <span className="sm muted">
            {late
              ? `${counted(status.appliedRevision - status.programmedRevision, "revision")} behind`
              : "all that concerns this node"}
          </span>
        </li>
        <li className="pst">
          <dl>
            <dt>Apply</dt>
            <dd>
              {status.applyMs.p50.toFixed(1)} ms p50, {status.applyMs.p99.toFixed(1)} ms p99
            </dd>
            <dt>Drift repaired</dt>
            <dd>
              {formatCount(status.driftRepairs.count)}
              {status.driftRepairs.lastDetail !== undefined && (
                <span className="muted">
                  , last <Age at={status.driftRepairs.lastAt} ago />: {status.driftRepairs.lastDetail}
                </span>
              )}
            </dd>
            <dt>Agent</dt>
            <dd>
              up for <Age at={status.startedAt} />
              {status.starts !== undefined && `, ${restartWords(status.starts, now)}`}, {formatBytes(status.rssBytes)}
            </dd>
            {status.bird.state !== "Ready" && (
              <>
                <dt>BIRD</dt>
                <dd className="deny">does not run</dd>
              </>
            )}
            {status.bird.startedAt !== undefined && (
              <>
                <dt>BIRD</dt>
                <dd>
                  {status.bird.version}, up for <Age at={status.bird.startedAt} />
                  {status.bird.configuredAt !== undefined && (
                    <>
                      , configured <Age at={status.bird.configuredAt} ago />
                    </>
                  )}
                </dd>
              </>
            )}
          </dl>
        </li>
      </ol>
      <div className="node-cols">
        <div className="stack">
          <section className="card" aria-label="Conditions">
            <div className="ch">
              <h2 className="h2">Conditions</h2>
              <span className="muted">{conditions.length === 0 ? "none" : conditions.length}</span>
            </div>
            {conditions.length === 0 ? (
              <p className="cb muted">Nothing to report: the agent, its kernel and BIRD agree.</p>
            ) : (
              <ConditionList conditions={conditions} />
            )}
          </section>
          {status.ended !== undefined && <Lately ended={status.ended} />}
        </div>
        <div className="stack">
          <section className="card" aria-label="Dataplane objects">
            <div className="ch">
              <h2 className="h2">Dataplane</h2>
              <span className="muted">nftables</span>
            </div>
            <table className="boxed">
              <thead>
                <tr>
                  <th>Object</th>
                  <th className="num">In the kernel</th>
                </tr>
              </thead>
              <tbody>
                {counts.map(([title, count]) => (
                  <tr key={title}>
                    <td>{title}</td>
                    <td className="num">{formatCount(count)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          {status.starts !== undefined && <Starts starts={status.starts} />}
        </div>
      </div>
    </>
  );
}

/** What the kernel, BIRD or the API refused and takes now, and whatever else is over. */
function Lately({ ended }: { readonly ended: readonly EndedCondition[] }) {
  return (
    <section className="card" aria-label="Lately cleared">
      <div className="ch">
        <h2 className="h2">Lately cleared</h2>
        <span className="muted">{ended.length === 0 ? "nothing" : `${ended.length}, since the agent started`}</span>
      </div>
      {ended.length === 0 ? (
        <p className="cb muted">Nothing was refused or went wrong since the agent started.</p>
      ) : (
        <ul className="alerts over">
          {ended.map((one) => (
            <li key={`${one.code} ${one.since} ${one.until}`}>
              <SeverityMark severity="ok" />
              <div>
                <b>{one.title}</b>
                {one.detail !== "" && <p>{one.detail}</p>}
                <span className="muted sm">
                  for {formatSpan(Date.parse(one.until) - Date.parse(one.since))}, over <Age at={one.until} ago />
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Starts({ starts }: { readonly starts: readonly string[] }) {
  return (
    <section className="card" aria-label="Starts of the agent">
      <div className="ch">
        <h2 className="h2">Starts of the agent</h2>
        <span className="muted">the last {starts.length === 1 ? "one" : starts.length}</span>
      </div>
      <table className="boxed">
        <tbody>
          {starts.map((at) => (
            <tr key={at}>
              <td className="tn">{formatMoment(Date.parse(at))}</td>
              <td className="num">
                <Age at={at} ago />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
