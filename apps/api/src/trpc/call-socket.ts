import { newRequestId, withRequestId } from "@percale/daemon";
import { CloseCode } from "@percale/protocol";
import { WebSocket } from "ws";
import { LIMITS } from "../limits.ts";

/**
 * A socket on which each call is a request of its own, as it would be over HTTP: by its id the log, the change set and the caller's
 * refusal tell it from the others of the same tab. Several in one message are handed on one by one; more than anybody needs end it.
 */
export class CallSocket extends WebSocket {
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event !== "message") return super.emit(event, ...args);
    const [data, ...rest] = args;
    const calls = Buffer.isBuffer(data) ? callsIn(data) : [data];
    if (calls.length > LIMITS.callsAtOnce) {
      this.close(CloseCode.protocolError, `${calls.length} calls in one message: at most ${LIMITS.callsAtOnce}`);
      return true;
    }
    return calls.map((call) => withRequestId(newRequestId(), () => super.emit(event, call, ...rest))).some(Boolean);
  }
}

/** What is no list is one call, also when it can't be read: tRPC says what is wrong with it. */
function callsIn(data: Buffer): readonly unknown[] {
  try {
    const message: unknown = JSON.parse(data.toString("utf8"));
    if (!Array.isArray(message)) return [data];
    if (message.length > LIMITS.callsAtOnce) return message;
    return message.map((call) => Buffer.from(JSON.stringify(call)));
  } catch {
    return [data];
  }
}
