import { expired, StatusError } from "@percale/resources";
import type { Identity } from "./identity.ts";
import type { Held } from "./open-credentials.ts";

/**
 * Ends what stays open once roles make it another: `look` tells what is open in a text, and throws a StatusError if nothing may be. It is
 * asked after every change of roles and bindings; another text ends it with 410, so that its reader begins anew with what he may see now.
 */
export function whileRightsLast({ authorizer }: Identity, look: () => Promise<string>): Held {
  const abort = new AbortController();
  let last: Promise<string | undefined> = look().catch(() => undefined); // what it throws now, the opening says
  const check = async (): Promise<string | undefined> => {
    const before = await last;
    if (before === undefined || abort.signal.aborted) return undefined;
    try {
      const now = await look();
      if (now !== before) abort.abort(expired("what may be read here has changed: list again, and watch from there"));
      return now;
    } catch (error) {
      // A store that is away proves nothing against a right.
      if (error instanceof StatusError && error.reason === "Forbidden") abort.abort(error);
      return before;
    }
  };
  const end = authorizer?.onChange(() => void (last = check()));
  return { ended: abort.signal, release: () => end?.() };
}
