import type { Presence } from "./heard.ts";

/**
 * What the Live indicator says, beside whether beats come. It is fed by the socket itself and by the watch that runs over it, never by
 * hope: `live` needs an open socket and a running watch; a lost one says since when.
 */
export type ConnectionState =
  | { readonly s: "connecting" }
  | { readonly s: "live"; readonly sinceMs: number; readonly revision: string | undefined }
  | { readonly s: "wait"; readonly lostAtMs: number; readonly retryAtMs: number | undefined }
  | { readonly s: "refused"; readonly lostAtMs: number; readonly reason: string };

type Listener = () => void;

export interface Connection {
  readonly read: () => ConnectionState;
  readonly subscribe: (listener: Listener) => Listener;
  readonly opened: () => void;
  readonly closed: (nowMs: number) => void;
  readonly retrying: (retryAtMs: number) => void;
  /** The watch delivers: at `revision`, if it says. */
  readonly heard: (nowMs: number, revision?: string) => void;
  /** The socket stands but the server ended or refused the watch. */
  readonly refused: (nowMs: number, reason: string) => void;
}

export function createConnection(): Connection {
  let state: ConnectionState = { s: "connecting" };
  const listeners = new Set<Listener>();
  const set = (next: ConnectionState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  return {
    read: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    opened() {
      // The socket alone proves nothing about the data: wait for the watch to speak.
    },
    closed(nowMs) {
      set({ s: "wait", lostAtMs: lostAt(state) ?? nowMs, retryAtMs: undefined });
    },
    retrying(retryAtMs) {
      if (state.s === "live") return;
      set({ s: "wait", lostAtMs: lostAt(state) ?? Date.now(), retryAtMs });
    },
    heard(nowMs, revision) {
      if (state.s === "live" && (revision === undefined || revision === state.revision)) return;
      const sinceMs = state.s === "live" ? state.sinceMs : nowMs;
      set({ s: "live", sinceMs, revision: revision ?? (state.s === "live" ? state.revision : undefined) });
    },
    refused(nowMs, reason) {
      set({ s: "refused", lostAtMs: lostAt(state) ?? nowMs, reason });
    },
  };
}

/** Of when the data is, where it does not come any more. */
function lostAt(state: ConnectionState): number | undefined {
  switch (state.s) {
    case "wait":
    case "refused":
      return state.lostAtMs;
    case "connecting":
    case "live":
      return undefined;
  }
}

/** Past this the indicator says "Offline" rather than "Reconnecting". */
const OFFLINE_AFTER_MS = 15_000;

/** Word, mark and tone of the indicator. Live is what beats prove: a socket that stands may be dead. */
export function connectionWords(
  { state, presence, nowMs }: { readonly state: ConnectionState; readonly presence: Presence; readonly nowMs: number },
  clock: (ms: number) => string,
): { readonly tone: "live" | "connecting" | "wait" | "off"; readonly text: string } {
  if (presence.s === "past" && presence.why === "paused") return { tone: "wait", text: "Paused" };
  if (state.s === "connecting" || state.s === "live") {
    if (presence.s === "waiting") return { tone: "connecting", text: "Connecting" };
    if (presence.s === "now") return { tone: "live", text: "Live" };
    const who = presence.why === "store" ? "Database silent" : "Server silent";
    const silentMs = nowMs - presence.atMs;
    return silentMs >= OFFLINE_AFTER_MS
      ? { tone: "off", text: `${who} since ${clock(presence.atMs)}` }
      : { tone: "wait", text: `${who} for ${Math.max(0, Math.round(silentMs / 1000))} s` };
  }
  if (nowMs - state.lostAtMs >= OFFLINE_AFTER_MS)
    return { tone: "off", text: `Offline since ${clock(state.lostAtMs)}` };
  if (state.s === "refused") return { tone: "wait", text: "Not live" };
  const left = state.retryAtMs === undefined ? 0 : Math.max(0, Math.ceil((state.retryAtMs - nowMs) / 1000));
  return { tone: "wait", text: left > 0 ? `Reconnecting ${left} s` : "Reconnecting" };
}

/** One socket per tab, so one state. */
export const connection = createConnection();
