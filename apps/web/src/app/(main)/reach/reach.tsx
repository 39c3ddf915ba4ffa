"use client";
import Link from "next/link";
import { Fragment } from "react";
import { parseOpen } from "../../../words/kinds.ts";
import { usePolicies } from "../../../live/policies.ts";
import { type TraceQuery, useTrace } from "../../../live/trace.ts";
import { EndpointCombo } from "../../../parts/endpoint-combo.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { Sentence } from "../../../parts/sentence.tsx";
import { ObjectPanel } from "../../../parts/object-panel.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
import { LateInput } from "../../../parts/late-input.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import type { RuleSpec } from "../../../policy/spec.ts";
import { type Trace, type TraceHalf, type TraceRow, traceSentence } from "../../../policy/trace.ts";
import { usePageTitle } from "../../../shell/title.ts";
import { MeasuredCard } from "./measured.tsx";
import "../../../styles/reach.css";
import "../../../styles/editor.css";
import { WriteButton } from "../../../parts/write-button.tsx";

/** "May A reach B, and what decides": the answer first, then every step of both ends, then what would change it. */
export function Reach() {
  usePageTitle("Reach");
  const url = useUrlState();
  const source = url.get("src") ?? "";
  const destination = url.get("dst") ?? "";
  const protocol = url.get("proto") ?? "TCP";
  const port = url.get("port") ?? "";
  const trace = useTrace({ source, destination, protocol, port });
  return (
    <>
      <main className="main" id="main">
        <div className="scroll">
          <div className="pad reach">
            <form className="ask" onSubmit={(event) => event.preventDefault()}>
              <div>
                <span className="lab">From</span>
                <EndpointCombo
                  label="From"
                  placeholder="endpoint or address"
                  value={source}
                  onChange={(src) => url.set({ src }, "push")}
                />
              </div>
              <button
                type="button"
                className="btn icon"
                aria-label="Swap ends"
                title="Swap ends"
                onClick={() => url.set({ src: destination, dst: source }, "push")}
              >
                <Icon name="refresh" />
              </button>
              <div>
                <span className="lab">To</span>
                <EndpointCombo
                  label="To"
                  placeholder="endpoint or address"
                  value={destination}
                  onChange={(dst) => url.set({ dst }, "push")}
                />
              </div>
              <div>
                <label className="lab" htmlFor="proto">
                  Protocol
                </label>
                <span className="selw">
                  <select
                    id="proto"
                    className="in"
                    value={protocol}
                    onChange={(event) => url.set({ proto: event.target.value }, "push")}
                  >
                    <option>TCP</option>
                    <option>UDP</option>
                    <option>SCTP</option>
                    <option>ICMP</option>
                  </select>
                  <Icon name="down" />
                </span>
              </div>
              <div>
                <label className="lab" htmlFor="port">
                  Port
                </label>
                <LateInput
                  id="port"
                  className="in mono"
                  inputMode="numeric"
                  placeholder="80"
                  value={port}
                  disabled={protocol === "ICMP"}
                  clean={(text) => text.replaceAll(/\D/g, "")}
                  onChange={(next) => url.set({ port: next })}
                />
              </div>
            </form>
            <Body trace={trace} asked={source !== "" && destination !== ""} />
          </div>
        </div>
      </main>
      <ObjectPanel openRef={parseOpen(url.get("open"))} />
    </>
  );
}

function Body({ trace, asked }: { readonly trace: TraceQuery; readonly asked: boolean }) {
  if (!asked) {
    return (
      <Empty
        title="Choose two ends"
        help="An endpoint by name, label or address, or any address outside. The answer comes from the engine that decides on the nodes. The search (⌘K) takes the same question: frontend -> database:5432."
        action={
          <Link className="btn" href="/matrix">
            <Icon name="matrix" />
            All pairs at once
          </Link>
        }
      />
    );
  }
  if (trace.result === undefined) {
    if (trace.error !== null) return <Failed error={trace.error} what="the answer" onRetry={trace.refetch} />;
    if (trace.problem !== undefined) return <Empty title="One end is unknown" help={trace.problem} />;
    return <SkeletonRows rows={6} />;
  }
  return <Answer trace={trace} result={trace.result} />;
}

function Answer({ trace, result }: { readonly trace: TraceQuery; readonly result: Trace }) {
  const denied = result.verdict === "Deny";
  return (
    <>
      <section className={`answer ${denied ? "d" : "a"}`} aria-live="polite" aria-label="Answer">
        <p className="av">
          <Icon name={denied ? "deny" : "allow"} />
          {denied ? "Denied" : "Allowed"}
        </p>
        <div>
          <p className="as">{traceSentence(result)}</p>
          <p className="muted">
            New connections only. <BackLink trace={trace} />
          </p>
        </div>
      </section>
      <div className="reach-cols">
        <ol>
          {result.halves.map((half, index) => (
            <Stage key={half.direction} half={half} number={index + 1} />
          ))}
        </ol>
        <aside className="reach-side">
          <ChangeIt result={result} />
          <MeasuredCard trace={trace} />
        </aside>
      </div>
    </>
  );
}

function BackLink({ trace }: { readonly trace: TraceQuery }) {
  const url = useUrlState();
  return (
    <Link className="link" href={url.href({ src: trace.destinationText, dst: trace.sourceText })}>
      The other direction
    </Link>
  );
}

function Stage({ half, number }: { readonly half: TraceHalf; readonly number: number }) {
  const denied = half.verdict === "Deny";
  return (
    <li className={`stage ${denied ? "d" : "a"}`}>
      <div className="sn">
        <span>{number}</span>
      </div>
      <div className="sc">
        <div className="shd">
          <b className="strong">{half.direction === "egress" ? "Source egress" : "Destination ingress"}</b>
          <span className="muted">
            <span className="mono">{half.endpoint}</span>
            {half.node !== undefined && ` on ${half.node}`}
          </span>
          <span className={`v right ${denied ? "d" : "a"}`}>
            <Icon name={denied ? "deny" : "allow"} />
            {denied ? "Denied" : "Allowed"}
          </span>
        </div>
        {half.rows.length === 0 ? (
          <p className="muted undecided">No endpoint of ours: nothing decides here.</p>
        ) : (
          <div className="rgs">
            {half.rows.map((row, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- a step is what its place says
              <Step key={index} row={row} direction={half.direction} />
            ))}
          </div>
        )}
      </div>
    </li>
  );
}

/** The rule that matched, from the policy as it stands. */
function useRule(row: TraceRow, direction: TraceHalf["direction"]): RuleSpec | undefined {
  const ref = parseOpen(row.path ?? null);
  const policies = usePolicies();
  if (ref === undefined || row.rule === undefined) return undefined;
  const policy = policies.items.find(
    ({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name && metadata.namespace === ref.namespace,
  );
  return policy?.spec[direction]?.[row.rule - 1];
}

const MARKS = { allow: "allow", deny: "deny", pass: "pass", none: "nomatch" } as const;

function Step({ row, direction }: { readonly row: TraceRow; readonly direction: TraceHalf["direction"] }) {
  const url = useUrlState();
  const rule = useRule(row, direction);
  const tone = row.decides ? (row.outcome === "deny" ? "d" : "a") : row.outcome === "pass" ? "p" : "n";
  const name =
    row.what === "endOfTier" ? (
      "end of tier"
    ) : (
      <>
        <ObjectName namespace={row.namespace} name={row.name} />
        {row.rule !== undefined && <span className="nowrap">rule {row.rule}</span>}
      </>
    );
  return (
    <div className={`rg ${tone}`}>
      <span className="rt">{row.what === "profile" ? "profiles" : row.tier}</span>
      <span className="rw">
        <Icon name={MARKS[row.outcome]} />
        {row.path === undefined ? (
          <span className="rowb">{name}</span>
        ) : (
          <button
            type="button"
            className="link-row rowb"
            onClick={() => url.set({ open: row.path, new: undefined }, "push")}
          >
            {name}
          </button>
        )}
      </span>
      <span className="ry">{rule === undefined ? row.reason : <Sentence rule={rule} />}</span>
    </div>
  );
}

function ChangeIt({ result }: { readonly result: Trace }) {
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
          <WriteButton
            className="btn pri"
            onClick={() =>
              url.set(
                { new: "networkpolicies", verdict: denied ? "Allow" : "Deny", open: undefined, tab: undefined },
                "push",
              )
            }
          >
            {denied ? "Allow this…" : "Deny this…"}
          </WriteButton>
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
