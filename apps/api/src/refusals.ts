import type { IncomingMessage } from "node:http";
import type { Logger } from "@percale/daemon";
import { brief } from "@percale/resources";
import type { StatusError } from "@percale/resources";
import type { Identity } from "./auth/identity.ts";

/** What somebody wanted to change and may not. */
interface Refused {
  /** Unknown callers are counted elsewhere: they could write the log full. */
  readonly by: Identity | undefined;
  /** `POST /changesets/v1`, or a procedure. */
  readonly call: string;
}

/** A message may quote what was sent, which may be a megabyte. */
const MOST = 1_000;

const rehearsals = new WeakSet<IncomingMessage>();

/**
 * The request asks what a write would answer: a no to that is an answer, which nobody looks for in a log. Of a body that nobody read,
 * because its sender may write nothing, it is not known.
 */
export function noteRehearsal(request: IncomingMessage): void {
  rehearsals.add(request);
}

export function isRehearsal(request: IncomingMessage): boolean {
  return rehearsals.has(request);
}

/** What was changed stands in the log of changes, by its request; what was refused stands in the log of the process. */
export function logRefusal(log: Logger, { code, reason, message }: StatusError, { by, call }: Refused): void {
  if (by === undefined || by.method === "anonymous") return;
  log.info("write refused", { call: brief(call, MOST), user: by.user, code, reason, message: brief(message, MOST) });
}
