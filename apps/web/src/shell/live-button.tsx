"use client";
import { useSyncExternalStore } from "react";
import { connection, connectionWords } from "../live/connection.ts";
import { usePresence } from "../live/presence.ts";
import { useClock } from "../parts/age.tsx";
import { Popover } from "../parts/popover.tsx";
import { formatCount } from "../words/number.ts";
import { formatClock } from "../words/time.ts";

const CONNECTING = { s: "connecting" } as const;

/** Says whether what is on screen is the present, and since when it is not. */
export function LiveButton() {
  const state = useSyncExternalStore(connection.subscribe, connection.read, () => CONNECTING);
  const now = useClock();
  const presence = usePresence();
  const { tone, text } = connectionWords({ state, presence, nowMs: now }, formatClock);
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
            {state.s === "live" && presence.s === "now" && (
              <>
                <dt>Connected since</dt>
                <dd>{formatClock(state.sinceMs)}</dd>
                {state.revision !== undefined && (
                  <>
                    <dt>Revision</dt>
                    <dd>{formatCount(Number(state.revision))}</dd>
                  </>
                )}
              </>
            )}
            {presence.s === "past" && (
              <>
                <dt>Shown as of</dt>
                <dd>{formatClock(presence.atMs)}</dd>
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
            {presence.s === "now"
              ? "One WebSocket carries every change of every object to this page."
              : "The page works on what it has. Writes are tried over HTTP and say so if they fail."}
          </p>
        </div>
      )}
    </Popover>
  );
}
