/** Whoever is watched is asked this often. */
export const BEAT_MS = 1_000;

/** How long a word counts as the present, and from when on silence needs somebody. */
export interface Patience {
  readonly heardMs: number;
  readonly lostMs: number;
}
/** With those who are asked at each beat. */
export const PATIENCE: Patience = { heardMs: 3_000, lostMs: 15_000 };

export type Hearing =
  | "heard"
  /** Not as lately as whoever is heard. */
  | "late"
  /** So long silent that somebody should look. */
  | "lost"
  /** Nobody listened long enough to say. */
  | "unknown";

export interface Silence {
  /** Since the last word; undefined: nobody remembers one. */
  readonly heardMs: number | undefined;
  /** How long whoever asks has been listening without a pause of its own. */
  readonly listeningMs: number;
}

/** Nothing is heard that was not heard within the patience, and nobody is late for a silence in which nobody listened. */
export function hearingOf({ heardMs, listeningMs }: Silence, patience = PATIENCE): Hearing {
  if (heardMs !== undefined && heardMs < patience.heardMs) return "heard";
  if (Math.min(heardMs ?? Infinity, listeningMs) >= patience.lostMs) return "lost";
  return heardMs !== undefined && listeningMs >= patience.heardMs ? "late" : "unknown";
}
