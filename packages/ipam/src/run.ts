import type { IpamState } from "./model.ts";

/** Upstream's bound; source: projectcalico/calico `libcalico-go/lib/ipam/ipam.go` datastoreRetries. */
const MAX_ATTEMPTS = 100;

export class IpamContentionError extends Error {
  override readonly name = "IpamContentionError";
}

export interface IpamRun<O> {
  /** The state to decide on. From the second attempt on (`attempt` counts from 0) it must not be older than the conflict. */
  readonly read: (attempt: number) => Promise<IpamState>;
  /** Pure. */
  readonly decide: (state: IpamState) => O;
  /** Writes the outcome's changes whole or not at all: false when a precondition no longer held. Other failures throw. */
  readonly apply: (outcome: O, attempt: number) => Promise<boolean>;
  /** Waits a little before the next attempt. */
  readonly retry: (attempt: number) => Promise<void>;
}

/** Reads, decides and writes until no other writer came in between. Throws IpamContentionError after 100 attempts. */
export async function runIpam<O>({ read, decide, apply, retry }: IpamRun<O>): Promise<O> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const outcome = decide(await read(attempt));
    if (await apply(outcome, attempt)) return outcome;
    await retry(attempt);
  }
  throw new IpamContentionError(`Max retries hit (${MAX_ATTEMPTS}): excessive concurrent IPAM requests`);
}
