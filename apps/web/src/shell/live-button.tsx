"use client";
import { useSyncExternalStore } from "react";
import { connection, connectionWords, lostAt } from "../live/connection.ts";
import { useNow } from "../parts/age.tsx";
import { Popover } from "../parts/popover.tsx";
import { formatCount } from "../words/number.ts";
import { formatAge, formatClock } from "../words/time.ts";

const CONNECTING = { s: "connecting" } as const;

/** Says whether what is on screen is the present, and since when it is not. */
export function LiveButton() {
  const state = useSyncExternalStore(connection.subscribe, connection.read, () => CONNECTING);
  const now = useNow();
  const { tone, text } = connectionWords(state, now, formatClock);
  const lostAtMs = lostAt(state);
  return (
    <Popover
      label={`Connection: ${text}`}
      buttonClass="live"
      buttonData={{ "data-s": tone }}
      button={
        <>
          <span className="dot" />
          <span className="t">{text}</span>
        </>
      }
    >
      {() => (
        <div className="live-detail">
          <dl className="kv">
            <dt>State</dt>
            <dd>{text}</dd>
            {state.s === "live" && (
              <>
                <dt>Connected for</dt>
                <dd>{formatAge(state.sinceMs, now)}</dd>
                {state.revision !== undefined && (
                  <>
                    <dt>Revision</dt>
                    <dd>{formatCount(Number(state.revision))}</dd>
                  </>
                )}
              </>
            )}
            {lostAtMs !== undefined && (
              <>
                <dt>Data of</dt>
                <dd>{formatClock(lostAtMs)}</dd>
              </>
            )}
            {state.s === "refused" && (
              <>
                <dt>Reason</dt>
                <dd>{state.reason}</dd>
              </>
            )}
          </dl>
          <p className="hint">
            {state.s === "live"
              ? "One WebSocket carries every change of every object to this page."
              : "The page works on what it has. Writes are tried over HTTP and say so if they fail."}
          </p>
        </div>
      )}
    </Popover>
  );
}
