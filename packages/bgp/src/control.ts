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

/** How one session stands; the same shape as the protocol's BgpSession. */
export interface SessionStatus {
  readonly peerIP: string;
  readonly peerNode?: string;
  readonly type: "NodeMesh" | "NodePeer" | "GlobalPeer";
  readonly asNumber: number;
  readonly state: (typeof STATES)[number];
  /** RFC 3339. */
  readonly since: string;
  readonly info: string;
  readonly routesImported: number;
  readonly routesExported: number;
}

/** From `show protocols all`, for the sessions that were configured; one that BIRD does not list yet is Idle. */
export function bgpSessionsOf({ lines }: BirdReply, sessions: readonly Session[]): SessionStatus[] {
  const rows = new Map<string, { row: string[]; details: string[] }>();
  let details: string[] = [];
  for (const { code, text } of lines) {
    if (code === 1002) {
      const row = text.trim().split(/\s+/);
      details = [];
      rows.set(row[0]!, { row, details });
    } else if (code === 1006) details.push(text.trim());
  }
  return sessions.map((session): SessionStatus => {
    const known = rows.get(session.name);
    const value = (key: string): string | undefined =>
      known?.details
        .find((line) => line.startsWith(`${key}:`))
        ?.slice(key.length + 1)
        .trim();
    const routes = /(\d+) imported.* (\d+) exported/.exec(value("Routes") ?? "");
    const [, , , , date = "1970-01-01", time = "00:00:00", ...info] = known?.row ?? [];
    const state = value("BGP state") ?? "Idle";
    return {
      peerIP: session.peerAddress,
      ...(session.peerNode !== undefined && { peerNode: session.peerNode }),
      type: TYPE_BY_KIND[session.kind],
      asNumber: session.remoteAs,
      // A passive session waits for the other end: nearest in the contract's states is Active.
      state: STATES.find((one) => one === state) ?? (state === "Passive" ? "Active" : "Idle"),
      since: `${date}T${time}Z`, // BIRD runs with TZ=UTC
      info: value("Last error") ?? info.join(" "),
      routesImported: Number(routes?.[1] ?? 0),
      routesExported: Number(routes?.[2] ?? 0),
    };
  });
}
