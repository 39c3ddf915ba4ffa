import type { ObjectRef } from "@percale/resources";
import type { Session } from "./sessions.ts";

/** One answer of BIRD's control socket: its lines with their codes, the last of them without continuation. */
export interface BirdReply {
  readonly lines: readonly { readonly code: number; readonly text: string }[];
  /** Code of the last line: 0000 ok, 8xxx refused, 9xxx syntax. */
  readonly code: number;
}

/** Splits what the socket sends into replies and asynchronous lines (`+…`). Source: CZ-NIC/bird `nest/cli.c`. */
export class ReplyReader {
  #rest = "";
  #lines: { code: number; text: string }[] = [];

  push(chunk: string): { readonly replies: BirdReply[]; readonly events: string[] } {
    const replies: BirdReply[] = [];
    const events: string[] = [];
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("+")) {
        events.push(line.slice(1));
        continue;
      }
      const [, number, mark, text] = /^(\d{4})([ -])(.*)$/.exec(line) ?? [];
      if (number === undefined) {
        this.#lines.push({ code: this.#lines.at(-1)?.code ?? 0, text: line.slice(1) });
        continue;
      }
      this.#lines.push({ code: Number(number), text: text ?? "" });
      if (mark === "-") continue;
      replies.push({ lines: this.#lines, code: Number(number) });
      this.#lines = [];
    }
    return { replies, events };
  }
}

export interface BirdStatus {
  readonly version: string;
  readonly routerID: string;
  /** As BIRD prints it: `2026-11-21 11:44:10.294`. */
  readonly lastReboot: string;
  readonly lastReconfiguration: string;
  readonly isRecovering: boolean;
}

/** From `show status`. */
export function birdStatusOf({ lines }: BirdReply): BirdStatus {
  const after = (prefix: string): string =>
    lines
      .find(({ text }) => text.startsWith(prefix))
      ?.text.slice(prefix.length)
      .trim() ?? "";
  return {
    version: after("BIRD "),
    routerID: after("Router ID is "),
    lastReboot: after("Last reboot on "),
    lastReconfiguration: after("Last reconfiguration on "),
    isRecovering: lines.some(({ code, text }) => code === 24 && text.includes("recovery in progress")),
  };
}

const STATES = ["Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established", "Close"] as const;
const TYPE_BY_KIND = { Mesh: "NodeMesh", Node: "NodePeer", Global: "GlobalPeer" } as const;

/** What one end of a session knows; the same shape as the protocol's BgpSession. */
export interface SessionStatus {
  readonly peerIP: string;
  readonly peerNode?: string;
  readonly type: "NodeMesh" | "NodePeer" | "GlobalPeer";
  /** Expected of the peer. */
  readonly asNumber: number;
  readonly state: (typeof STATES)[number];
  /** RFC 3339; empty where nobody knows: BIRD does not run, or has no such session yet. */
  readonly since: string;
  /** Why it is not Established, as BIRD says it; empty unless that is so now. */
  readonly info: string;
  readonly routesImported: number;
  readonly routesExported: number;
  /** The BGPPeer that asks for it; absent for the mesh. */
  readonly ref?: ObjectRef;
  readonly localIP?: string;
  readonly localASNumber?: number;
  /** Where this end connects to. */
  readonly port?: number;
  /** Waits for the peer to connect. */
  readonly passive?: boolean;
  readonly hasPassword?: boolean;
  /** Absent without TTL security. */
  readonly ttlHops?: number;
  /** As agreed with the peer, while Established. */
  readonly holdSeconds?: number;
  readonly keepaliveSeconds?: number;
  readonly routesFiltered?: number;
  /** The peer restarts gracefully: its routes are kept meanwhile. */
  readonly peerRestarts?: boolean;
  /** How often it was lost since this was first asked. */
  readonly flaps?: number;
}

/** From `show protocols all`, for the sessions that were configured; one that BIRD does not list yet is Idle since unknown. */
export function bgpSessionsOf(reply: BirdReply, sessions: readonly Session[]): SessionStatus[] {
  const protocolByName = protocolsOf(reply);
  return sessions.map((session): SessionStatus => {
    const { peerNode, sourceAddress, ttlHops } = session;
    return {
      peerIP: session.peerAddress,
      ...(peerNode !== undefined && { peerNode }),
      type: TYPE_BY_KIND[session.kind],
      asNumber: session.remoteAs,
      localASNumber: session.localAs,
      port: session.port,
      passive: session.passive,
      hasPassword: session.password !== undefined,
      ...(session.kind !== "Mesh" && { ref: session.ref }),
      ...(sourceAddress !== undefined && { localIP: sourceAddress }),
      ...(ttlHops !== undefined && { ttlHops }),
      ...standingOf(protocolByName.get(session.name)),
    };
  });
}

interface Protocol {
  /** name, protocol, table, state, date, time, info … */
  readonly row: readonly string[];
  readonly details: string[];
}

function protocolsOf({ lines }: BirdReply): ReadonlyMap<string, Protocol> {
  const protocolByName = new Map<string, Protocol>();
  let details: string[] = [];
  for (const { code, text } of lines) {
    if (code === 1002) {
      const row = text.trim().split(/\s+/);
      details = [];
      protocolByName.set(row[0]!, { row, details });
    } else if (code === 1006) details.push(text.trim());
  }
  return protocolByName;
}

type Standing = Pick<
  SessionStatus,
  | "state"
  | "since"
  | "info"
  | "routesImported"
  | "routesExported"
  | "routesFiltered"
  | "holdSeconds"
  | "keepaliveSeconds"
  | "peerRestarts"
>;

function standingOf(protocol: Protocol | undefined): Standing {
  if (protocol === undefined) return { state: "Idle", since: "", info: "", routesImported: 0, routesExported: 0 };
  const { row, details } = protocol;
  const value = (key: string): string | undefined =>
    details
      .find((line) => line.startsWith(`${key}:`))
      ?.slice(key.length + 1)
      .trim();
  const [, , , protocolState, date, time] = row;
  const state = value("BGP state") ?? "Idle";
  const routes = value("Routes") ?? "";
  const counted = (what: string): number => Number(new RegExp(`(\\d+) ${what}`).exec(routes)?.[1] ?? 0);
  const holdSeconds = total(value("Hold timer"));
  const keepaliveSeconds = total(value("Keepalive timer"));
  return {
    // A passive session waits for the other end: nearest in the contract's states is Active.
    state: STATES.find((one) => one === state) ?? (state === "Passive" ? "Active" : "Idle"),
    since: date === undefined || time === undefined ? "" : `${date}T${time}Z`, // BIRD runs with TZ=UTC
    info: presentError({
      state,
      isDown: protocolState === "down",
      isErrorWait: value("Error wait") !== undefined,
      lastError: value("Last error") ?? "",
    }),
    routesImported: counted("imported"),
    routesExported: counted("exported"),
    routesFiltered: counted("filtered"),
    ...(holdSeconds !== undefined && { holdSeconds }),
    ...(keepaliveSeconds !== undefined && { keepaliveSeconds }),
    ...(details.includes("Neighbor graceful restart active") && { peerRestarts: true }),
  };
}

/**
 * BIRD keeps a session's last error until another one comes, so most of the time it tells of the past. It is the reason now
 * while BIRD waits because of it: after a failed exchange of messages (`Error wait`), after a failed connection (Active: the
 * next attempt has not begun), or for ever (down). A passive session is in neither state, and one that connects may fail of
 * something else.
 */
function presentError({
  state,
  isDown,
  isErrorWait,
  lastError,
}: {
  readonly state: string;
  readonly isDown: boolean;
  readonly isErrorWait: boolean;
  readonly lastError: string;
}): string {
  if (isDown) return lastError === "" ? "Disabled" : lastError;
  const isRetrying = state === "Active" && lastError.startsWith("Socket:");
  return isErrorWait || isRetrying || state === "Close" ? lastError : "";
}

/** `181.837/240`: what is left of how much. */
function total(timer: string | undefined): number | undefined {
  const seconds = Number(timer?.split("/")[1]);
  return Number.isFinite(seconds) ? seconds : undefined;
}
