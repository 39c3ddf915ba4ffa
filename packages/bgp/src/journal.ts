import type { SessionStatus } from "./control.ts";

/** Longer than BIRD's longest wait after an error and one attempt behind it: a reason that still holds is heard again. */
const FRESH_MS = 60_000;

interface Entry {
  readonly isUp: boolean;
  readonly since: string;
  readonly error: string;
  readonly errorAtMs: number;
  readonly flaps: number;
}

/**
 * What BIRD does not remember of its sessions. It restarts `since` with every attempt, shows an error only between attempts,
 * and counts no flaps: here a session that fails again and again is down since it was lost, for the reason of its last failure
 * while that is fresh.
 */
export class SessionJournal {
  #entryByKey: ReadonlyMap<string, Entry> = new Map();

  /** Notes how the sessions stand and completes them. Sessions that are not among them are forgotten. */
  note(sessions: readonly SessionStatus[], nowMs: number): SessionStatus[] {
    const entryByKey = new Map<string, Entry>();
    const completed = sessions.map((session) => {
      const before = this.#entryByKey.get(keyOf(session));
      // BIRD does not answer: what was known of the session holds until it does, and nothing is known now.
      const isKnown = session.since !== "";
      const entry = isKnown ? nextEntry(before, session, nowMs) : before;
      if (entry !== undefined) entryByKey.set(keyOf(session), entry);
      return isKnown && entry !== undefined
        ? { ...session, since: entry.since, info: entry.error, flaps: entry.flaps }
        : { ...session, flaps: entry?.flaps ?? 0 };
    });
    this.#entryByKey = entryByKey;
    return completed;
  }
}

function nextEntry(before: Entry | undefined, session: SessionStatus, nowMs: number): Entry {
  const isUp = session.state === "Established";
  const isSame = before !== undefined && before.isUp === isUp;
  // Up at both looks with another beginning: it was lost in between.
  const isLost = before?.isUp === true && (!isUp || before.since !== session.since);
  const isRemembered = !isUp && session.info === "" && isSame && nowMs - before.errorAtMs < FRESH_MS;
  return {
    isUp,
    since: isSame && !isUp ? before.since : session.since,
    error: isUp ? "" : isRemembered ? before.error : session.info,
    errorAtMs: isRemembered ? before.errorAtMs : nowMs,
    flaps: (before?.flaps ?? 0) + (isLost ? 1 : 0),
  };
}

function keyOf({ type, peerIP, port }: SessionStatus): string {
  return `${type} ${peerIP} ${port ?? ""}`;
}
