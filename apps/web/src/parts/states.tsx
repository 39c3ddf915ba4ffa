"use client";
import type { ReactNode } from "react";
import { useTold } from "../live/failing.ts";
import { failureOf } from "../trpc/client.ts";
import { FailureWords } from "./failure-words.tsx";
import { Icon } from "./icon.tsx";

/** Rows in the final rhythm, invisible for the first 150 ms. */
export function SkeletonRows({ rows = 12 }: { readonly rows?: number }) {
  return (
    <div role="status" aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="skel-row">
          <span className="skel" style={{ width: `${24 + ((index * 37) % 30)}%` }} />
          <span className="skel" style={{ width: `${10 + ((index * 23) % 20)}%` }} />
        </div>
      ))}
    </div>
  );
}

/** Why it matters that nothing is here, and the one thing to do. */
export function Empty(props: { readonly title: string; readonly help: ReactNode; readonly action?: ReactNode }) {
  return (
    <div className="empty">
      <p className="h2">{props.title}</p>
      <p>{props.help}</p>
      {props.action}
    </div>
  );
}

/** What failed, the server's reason, what to do. A failing part never takes its page down. */
export function Failed({
  error,
  what,
  onRetry,
}: {
  readonly error: unknown;
  readonly what: string;
  readonly onRetry?: () => void;
}) {
  useTold(error);
  const failure = failureOf(error);
  if (failure.kind === "forbidden") {
    return (
      <div className="empty" role="alert">
        <p className="h2">
          <Icon name="lock" /> You may not see {what}
        </p>
        <p>
          <FailureWords failure={failure} />. An administrator can grant it under Access.
        </p>
      </div>
    );
  }
  return (
    <div className="empty" role="alert">
      <p className="h2">
        <Icon name="crit" className="deny" /> {capital(what)} could not be loaded
      </p>
      <p>
        <FailureWords failure={failure} />
      </p>
      {onRetry !== undefined && (
        <button type="button" className="btn" onClick={onRetry}>
          <Icon name="refresh" />
          Try again
        </button>
      )}
    </div>
  );
}

interface QueryLike<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** One query in all its states: skeleton, failure with retry, or `children` with the data (older data stays; that it is older says the shell). */
export function Loaded<T>(props: {
  readonly query: QueryLike<T>;
  readonly what: string;
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}) {
  const { query } = props;
  if (query.data !== undefined) return <>{props.children(query.data)}</>;
  if (query.error !== null)
    return <Failed error={query.error} what={props.what} onRetry={() => void query.refetch()} />;
  return <SkeletonRows {...(props.rows === undefined ? {} : { rows: props.rows })} />;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
