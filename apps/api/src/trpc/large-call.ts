import type { IncomingMessage } from "node:http";
import { StatusError } from "@percale/resources";
import { SHORT } from "../admission/is-large.ts";
import { largeWork } from "../admission/large-work.ts";
import { readBytes, textOf } from "../bodies/body.ts";

/** Objects of this length can be handled in one go: more goes by REST or as a change set. */
const MAX_CALL_BYTES = 768 * 1024;

/**
 * tRPC parses a body in one go. A long one is read here, and parsed only once another thread has seen that it takes no longer than its
 * length lets expect. Returns what refuses it: 413 or 422.
 */
export async function takeLargeBody(
  request: IncomingMessage & { body?: string },
  user: string,
): Promise<StatusError | undefined> {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (encoding === undefined && Number(length ?? 0) <= SHORT.json) return undefined;
  try {
    const bytes = await readBytes(request, MAX_CALL_BYTES);
    if (bytes.length > SHORT.json) {
      const leave = largeWork.enter(user);
      await largeWork.weigh(bytes).finally(leave);
    }
    request.body = textOf(bytes); // where tRPC looks for what others have read
    return undefined;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    request.body = "{}";
    return error.reason === "RequestEntityTooLarge" ? tooLong() : error;
  }
}

function tooLong(): StatusError {
  const message = `a call may have ${MAX_CALL_BYTES} bytes: send what is larger with kubectl or percale apply`;
  return new StatusError("RequestEntityTooLarge", message);
}
