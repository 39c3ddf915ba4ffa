import type { Logger } from "@percale/daemon";
import type { StatusError } from "@percale/resources";
import type { Identity } from "./auth/identity.ts";

/** What somebody wanted to change and may not. */
interface Refused {
  /** Unknown callers are counted elsewhere: they could write the log full. */
  readonly by: Identity | undefined;
  /** `POST /changesets/v1`, or a procedure. */
  readonly call: string;
}

/** What was changed stands in the log of changes, by its request; what was refused stands in the log of the process. */
export function logRefusal(log: Logger, { code, reason, message }: StatusError, { by, call }: Refused): void {
  if (by === undefined || by.method === "anonymous") return;
  log.info("write refused", { call, user: by.user, code, reason, message });
}
