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
          <RequestId id={requestId} />
        </>
      )}
    </>
  );
}

/** Its beginning tells it from others; what is copied is the whole. */
export function RequestId({ id }: { readonly id: string }) {
  return (
    <button
      type="button"
      className="link mono sm"
      title={`Copy ${id}: the server's log has it on every line of this request`}
      onClick={() => void navigator.clipboard.writeText(id)}
    >
      request {id.length > 12 ? `${id.slice(0, 8)}…` : id}
    </button>
  );
}
