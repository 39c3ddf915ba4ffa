import type { IncomingMessage } from "node:http";
import { StatusError } from "@percale/resources";
import { ANONYMOUS } from "./auth/identity.ts";
import type { Identity } from "./auth/identity.ts";

/** Who sent a request, as far as is known before any of its body is read. */
export interface Caller {
  /** ANONYMOUS also for somebody whose credential was refused. */
  readonly identity: Identity;
  readonly refusal?: StatusError;
}

/** `ask` answers who the request's credential stands for, as Authenticator does. */
export async function callerOf(ask: () => Promise<Identity>): Promise<Caller> {
  try {
    return { identity: await ask() };
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

/** Where somebody signs in anew a stale cookie is no wrong credential. A token was shown on purpose: it could be a guess. */
export function isForgiving(procedure: string, { headers }: IncomingMessage): boolean {
  return procedure.startsWith("session.") && headers.authorization === undefined;
}
