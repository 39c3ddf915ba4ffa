import type { IncomingMessage } from "node:http";
import { StatusError } from "@percale/resources";
import type { Authenticator } from "./auth/authenticator.ts";
import { ANONYMOUS } from "./auth/identity.ts";
import type { Identity } from "./auth/identity.ts";

/** Who sent a request, as far as is known before any of its body is read. */
export interface Caller {
  /** ANONYMOUS also for somebody whose credential was refused. */
  readonly identity: Identity;
  readonly refusal?: StatusError;
}

export async function callerOf(authenticator: Authenticator, request: IncomingMessage): Promise<Caller> {
  try {
    return { identity: await authenticator.identify(request) };
  } catch (error) {
    if (error instanceof StatusError) return { identity: ANONYMOUS, refusal: error };
    throw error;
  }
}

/** The identity of a caller who showed a good credential, or none at all. Throws the refusal of any other. */
export function identityOf({ identity, refusal }: Caller): Identity {
  if (refusal !== undefined) throw refusal;
  return identity;
}
