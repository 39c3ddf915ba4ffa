import type { ServerResponse } from "node:http";
import type { WebSocket } from "ws";

/** Runs `then` when this closes, or now if it has: whoever asked the database first may come too late for the event. */
export function onClosed(what: ServerResponse | WebSocket, then: () => void): void {
  const isClosed = "readyState" in what ? what.readyState === what.CLOSED : what.closed;
  if (isClosed) then();
  else what.once("close", then);
}
