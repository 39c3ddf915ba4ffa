"use client";
import { useObject } from "../../../live/objects.ts";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { Sentence } from "../../../parts/sentence.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { type AskedOf, type MisfitWords, misfitWords } from "../../../policy/misfit.ts";
import { type PolicyObject, rulesOf, type RuleSpec } from "../../../policy/spec.ts";
import type { Trace, TraceHalf, TraceRow } from "../../../policy/trace.ts";
import { parseOpen } from "../../../words/kinds.ts";

/** Every step of both ends, in the order in which a packet takes them. */
export function Ladder({ result, asked }: { readonly result: Trace; readonly asked: AskedOf }) {
  return (
    <ol>
      {result.halves.map((half, index) => (
        <Stage key={half.direction} half={half} number={index + 1} asked={asked} />
      ))}
    </ol>
  );
}

function Stage(props: { readonly half: TraceHalf; readonly number: number; readonly asked: AskedOf }) {
  const { half, number, asked } = props;
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
              <Step key={index} row={row} direction={half.direction} asked={asked} />
            ))}
          </div>
        )}
      </div>
    </li>
  );
}

/** The rule that matched, from the policy as it stands. */
function useRule(row: TraceRow, direction: TraceHalf["direction"]): RuleSpec | undefined {
  const ref = row.rule === undefined ? undefined : parseOpen(row.path ?? null);
  const policy = useObject(ref).object as PolicyObject | undefined;
  return row.rule === undefined || policy === undefined ? undefined : rulesOf(policy, direction)[row.rule - 1];
}

const MARKS = { allow: "allow", deny: "deny", pass: "pass", none: "nomatch" } as const;

function Step(props: { readonly row: TraceRow; readonly direction: TraceHalf["direction"]; readonly asked: AskedOf }) {
  const { row, direction, asked } = props;
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
      <span className="ry">{rule === undefined ? <Reason row={row} asked={asked} /> : <Sentence rule={rule} />}</span>
    </div>
  );
}

function Reason({ row, asked }: { readonly row: TraceRow; readonly asked: AskedOf }) {
  if (row.what === "endOfTier") return row.outcome === "pass" ? "goes on: no rule matched" : "decides: no rule matched";
  const words = misfitWords(row.misfits ?? [], asked);
  if (row.what !== "policy" || words.length === 0) return row.reason;
  return words.map((each, index) => (
    <span key={each.rules + each.what}>
      {index > 0 && "; "}
      <WhyNot words={each} />
    </span>
  ));
}

/** `source is shop/frontend, rule 1 wants app == 'cart'`. */
function WhyNot({ words: { what, is, rules, verb, wants } }: { readonly words: MisfitWords }) {
  return (
    <>
      {what} is <span className="mono">{is}</span>, {rules} {verb}{" "}
      {wants.map((each, index) => (
        <span key={each}>
          {index > 0 && " or "}
          <span className="mono">{each}</span>
        </span>
      ))}
    </>
  );
}
