"use client";
import type { Failure } from "../trpc/client.ts";

/** Why something failed, in the server's words, and the request to search its log for. */
export function FailureWords({ failure: { message, requestId } }: { readonly failure: Failure }) {
  return (
    <>
      {message}
      {requestId !== undefined && (
        <>
          {" "}
          (request <RequestId id={requestId} leadsTo="in the server's log, if it failed there or refused a write" />)
        </>
      )}
    </>
  );
}

/** A request's name as it is copied: whole, so that what is read out, searched for and pasted is the same. */
export function RequestId({ id, leadsTo }: { readonly id: string; readonly leadsTo: string }) {
  return (
    <button
      type="button"
      className="link mono sm"
      title={`Copy, and find it ${leadsTo}`}
      onClick={() => void navigator.clipboard.writeText(id)}
    >
      {id}
    </button>
  );
}
