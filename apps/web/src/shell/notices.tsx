"use client";
import type { Query } from "@tanstack/react-query";
import { usePathname, useSearchParams } from "next/navigation";
import { usePause } from "../live/pause.tsx";
import { usePresence } from "../live/presence.ts";
import { askAgain, useWaiting } from "../live/waiting.ts";
import { Icon } from "../parts/icon.tsx";
import { counted } from "../words/number.ts";
import { partOf } from "../words/parts.ts";
import { formatClock } from "../words/time.ts";
import { FailingNotice } from "./failing-notice.tsx";
import { unknownKeys } from "./query-keys.ts";

/** What the whole page must admit: that it shows the past, that something is missing, that its link asks for more than it knows. */
export function Notices() {
  const presence = usePresence();
  const waiting = useWaiting();
  const unknown = unknownKeys(useSearchParams().keys(), usePathname());
  const { toggle } = usePause();
  const isPast = presence.s === "past";
  return (
    <div className="notices" data-past={isPast ? "" : undefined}>
      {isPast && presence.why === "paused" && (
        <p className="banner" role="status">
          <Icon name="pause" />
          <span>
            <b className="med">Paused at {formatClock(presence.atMs)}.</b> What changes since is not shown; agents and
            writes go on.
          </span>
          <button type="button" className="btn right" onClick={toggle}>
            Resume <kbd>p</kbd>
          </button>
        </p>
      )}
      {isPast && presence.why !== "paused" && (
        <p className="banner" role="status">
          <Icon name="warn" />
          <span>
            <b className="med">
              {presence.why === "store" ? "The database has" : "The server has"} not answered since{" "}
              {formatClock(presence.atMs)}.
            </b>{" "}
            {waiting.length > 0
              ? stillLoading(waiting)
              : presence.why === "store"
                ? "The page shows how things stood then. Agents enforce what they have; nothing can be written."
                : "The page shows how things stood then. Agents enforce what they have; the page goes on by itself."}
          </span>
          <AskAgain queries={waiting} />
        </p>
      )}
      {!isPast && waiting.length > 0 && (
        <p className="banner" role="status">
          <Icon name="warn" />
          <span>
            <b className="med">{stillLoading(waiting)}</b> The server is there and has no answer yet.
          </span>
          <AskAgain queries={waiting} />
        </p>
      )}
      {/* While nothing can be loaded one notice says it all. */}
      {!isPast && <FailingNotice />}
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

function AskAgain({ queries }: { readonly queries: readonly Query[] }) {
  if (queries.length === 0) return null;
  return (
    <button
      type="button"
      className="btn right"
      onClick={() => {
        for (const query of queries) void askAgain(query);
      }}
    >
      <Icon name="refresh" />
      Try again
    </button>
  );
}

/** Names three of them. */
function stillLoading(queries: readonly Query[]): string {
  const names = [...new Set(queries.map(({ queryKey }) => partOf(queryKey)))];
  const more = names.length - 3;
  const parts = more > 0 ? `${names.slice(0, 3).join(", ")} and ${counted(more, "other part")}` : names.join(", ");
  return `Still loading ${parts}.`;
}
