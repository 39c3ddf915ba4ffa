"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useSyncExternalStore } from "react";
import { connection, lostAt } from "../live/connection.ts";
import { useNow } from "../parts/age.tsx";
import { Icon } from "../parts/icon.tsx";
import { formatClock } from "../words/time.ts";
import { FailingNotice } from "./failing-notice.tsx";
import { unknownKeys } from "./query-keys.ts";

const STALE_AFTER_MS = 3000;
const CONNECTING = { s: "connecting" } as const;

/** What the whole page must admit: that it shows the past, that something is missing, that its link asks for more than it knows. */
export function Notices() {
  const state = useSyncExternalStore(connection.subscribe, connection.read, () => CONNECTING);
  const now = useNow();
  const unknown = unknownKeys(useSearchParams().keys(), usePathname());
  const lostAtMs = lostAt(state);
  const isStale = lostAtMs !== undefined && now - lostAtMs > STALE_AFTER_MS;
  return (
    <div className="notices" data-stale={isStale ? "" : undefined}>
      {/* One notice says it all while nothing can be loaded. */}
      {isStale ? (
        <p className="banner" role="status">
          <Icon name="warn" />
          <span>
            <b className="med">Data of {formatClock(lostAtMs)}.</b> The server does not answer; the page goes on by
            itself when it does.
          </span>
        </p>
      ) : (
        <FailingNotice />
      )}
      {unknown.length > 0 && (
        <p className="banner" role="status">
          <Icon name="warn" />
          <span>
            This link has a filter this version does not know: <span className="mono">{unknown.join(", ")}</span>
          </span>
        </p>
      )}
    </div>
  );
}
