import type { IpamChange, IpamState } from "./model.ts";

/** Upstream's bound; source: projectcalico/calico `libcalico-go/lib/ipam/ipam.go` datastoreRetries. */
const MAX_ATTEMPTS = 100;

export class IpamContentionError extends Error {
  override readonly name = "IpamContentionError";
}

export interface IpamRun<O extends { readonly kind: string; readonly changes?: readonly IpamChange[] }> {
  /** The state to decide on. From the second attempt on it must not be older than the conflict (`attempt` counts from 0). */
  readonly read: (attempt: number) => Promise<IpamState>;
  /** Pure. An outcome without changes is final and nothing is written. */
  readonly decide: (state: IpamState) => O;
  /** Writes the whole set or nothing: false when a precondition no longer held. Other failures throw. */
  readonly apply: (changes: readonly IpamChange[]) => Promise<boolean>;
  /** Waits a little before the next attempt. */
  readonly retry: (attempt: number) => Promise<void>;
}

/** Reads, decides and writes until no other writer came in between. Throws IpamContentionError after 100 attempts. */
export async function runIpam<O extends { readonly kind: string; readonly changes?: readonly IpamChange[] }>({
  read,
  decide,
  apply,
  retry,
}: IpamRun<O>): Promise<O> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const outcome = decide(await read(attempt));
    if (outcome.changes === undefined || outcome.changes.length === 0 || (await apply(outcome.changes))) return outcome;
    await retry(attempt);
  }
  throw new IpamContentionError(`Max retries hit (${MAX_ATTEMPTS}): excessive concurrent IPAM requests`);
}
