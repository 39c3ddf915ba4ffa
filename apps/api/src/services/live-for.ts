import { narrowed, seesBy } from "../auth/sight.ts";
import type { Identity } from "../auth/identity.ts";
import { whileRightsLast } from "../auth/while-rights-last.ts";
import type { Hearing } from "../hearing/hearing.ts";
import type { BeatView, LiveEvent } from "../trpc/views.ts";
import type { LiveFeed } from "./live.ts";
import { merge } from "./merge.ts";

interface Live {
  readonly since: number | undefined;
  readonly signal: AbortSignal;
  readonly feed: LiveFeed;
  readonly hearing: Pick<Hearing, "beats">;
}

/** Events and beats as one somebody sees them, until what he may see becomes other: then it fails with 410, to be begun anew. */
export async function* liveFor(
  identity: Identity,
  { since, signal, feed, hearing }: Live,
): AsyncGenerator<LiveEvent | BeatView> {
  const rights = narrowed(identity);
  const { ended, release } = whileRightsLast(identity, async () => JSON.stringify(narrowed(identity) ?? "all"));
  const until = AbortSignal.any([signal, ended]);
  try {
    yield* merge(feed.events(since, until, rights && seesBy(rights)), hearing.beats(until));
    ended.throwIfAborted();
  } finally {
    release();
  }
}
