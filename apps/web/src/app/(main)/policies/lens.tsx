"use client";
import Link from "next/link";
import type { TraceQuery } from "../../../live/trace.ts";
import { EndpointCombo } from "../../../parts/endpoint-combo.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { LateInput } from "../../../parts/late-input.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { pathOfHalf, type TraceHalf, verdictWords } from "../../../policy/trace.ts";
import { TurnRound } from "../../../parts/turn-round.tsx";

/** Pick two ends: cards that apply get step numbers, the path stands here as a list. */
export function Lens({ trace, onClose }: { readonly trace: TraceQuery; readonly onClose: () => void }) {
  const url = useUrlState();
  const denied = trace.result?.verdict === "Deny";
  return (
    <section className="lens" aria-label="Trace">
      <div className="lr">
        <span className="lk hide-s">Trace</span>
        <EndpointCombo label="From" value={url.get("src") ?? ""} onChange={(src) => url.set({ src }, "push")} />
        <Icon name="arrow" className="muted" />
        <EndpointCombo label="To" value={url.get("dst") ?? ""} onChange={(dst) => url.set({ dst }, "push")} />
        <span className="selw proto">
          <select
            className="in"
            aria-label="Protocol"
            value={url.get("proto") ?? "TCP"}
            onChange={(event) => url.set({ proto: event.target.value })}
          >
            <option>TCP</option>
            <option>UDP</option>
            <option>SCTP</option>
            <option>ICMP</option>
          </select>
          <Icon name="down" />
        </span>
        <LateInput
          className="in mono port"
          aria-label="Port"
          placeholder="port"
          inputMode="numeric"
          value={url.get("port") ?? ""}
          clean={(text) => text.replaceAll(/\D/g, "")}
          onChange={(next) => url.set({ port: next })}
        />
        <span aria-live="polite" className="grow">
          {trace.result !== undefined && (
            <strong className={`v ${denied ? "d" : "a"}`}>
              <Icon name={denied ? "deny" : "allow"} />
              {verdictWords(trace.result)}
            </strong>
          )}
          {trace.result === undefined && trace.problem !== undefined && <span className="muted">{trace.problem}</span>}
        </span>
        {trace.result !== undefined && (
          <>
            <TurnRound className="btn" denied={denied} />
            <Link
              className="link nowrap hide-s"
              href={`/reach${url.href({ view: undefined, q: undefined, open: undefined, new: undefined, tab: undefined, verdict: undefined, from: undefined }).replace(/^[^?]*/, "")}`}
            >
              Open in Reach
            </Link>
          </>
        )}
        <button
          type="button"
          className="btn ghost mini"
          aria-label="Clear trace"
          onClick={() => {
            url.set({ src: undefined, dst: undefined, proto: undefined, port: undefined });
            onClose();
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      {trace.result?.halves.map((half) => (
        <HalfPath key={half.direction} half={half} />
      ))}
    </section>
  );
}

function HalfPath({ half }: { readonly half: TraceHalf }) {
  const url = useUrlState();
  const items = pathOfHalf(half);
  return (
    <div className="lr">
      <span className="lk muted">{half.direction === "egress" ? "Egress" : "Ingress"}</span>
      <ol className="path">
        {items.length === 0 && <li className="tchip n">no policy applies</li>}
        {items.map((item) => (
          <li key={item.id}>
            <button
              type="button"
              className={`tchip ${item.tone}`}
              title={item.title}
              disabled={item.row.path === undefined}
              onClick={() => url.set({ open: item.row.path, new: undefined }, "push")}
            >
              <b>{item.id}</b>
              <Icon name={item.icon} />
              {item.row.outcome !== "none" &&
                (item.row.what === "endOfTier" ? (
                  <span>end of {item.row.tier}</span>
                ) : (
                  <>
                    <ObjectName namespace={item.row.namespace} name={item.row.name} />
                    {item.row.rule !== undefined && <span> rule {item.row.rule}</span>}
                  </>
                ))}
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
