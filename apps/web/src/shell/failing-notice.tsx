"use client";
import { useFailing } from "../live/failing.ts";
import { FailureWords } from "../parts/failure-words.tsx";
import { Icon } from "../parts/icon.tsx";
import { failureOf } from "../trpc/client.ts";
import { partOf } from "../words/parts.ts";

/** What is missing on this page, or older than the rest, and why: whatever no part of it tells in its own place. */
export function FailingNotice() {
  const failing = useFailing().filter((query) => failureOf(query.state.error).kind !== "signedOut"); // sign-in comes by itself
  const byReason = Map.groupBy(failing, ({ state }) => `${state.data === undefined} ${failureOf(state.error).message}`);
  return Array.from(byReason, ([reason, queries]) => {
    const { state } = queries[0]!;
    const parts = [...new Set(queries.map(({ queryKey }) => partOf(queryKey)))].join(", ");
    return (
      <div key={reason} className="banner" role="status">
        <Icon name="warn" />
        <span>
          <b className="med">
            {parts.charAt(0).toUpperCase() + parts.slice(1)} could not be{" "}
            {state.data === undefined ? "loaded" : "brought up to date"}:
          </b>{" "}
          <FailureWords failure={failureOf(state.error)} />
        </span>
        <button
          type="button"
          className="btn right"
          onClick={() => {
            for (const query of queries) void query.fetch().catch(() => undefined); // told here again
          }}
        >
          <Icon name="refresh" />
          Try again
        </button>
      </div>
    );
  });
}
