import { readFileSync } from "node:fs";
import { Md5Counter, md5RefusedOf, SessionJournal } from "@percale/bgp";
import type { BirdStatus, Md5Refused, SessionStatus } from "@percale/bgp";
import { Counter, Gauge } from "@percale/daemon";
import type { Registry } from "@percale/daemon";
import type { BirdState } from "./supervisor.ts";

/** BGP as it is reported: what BIRD says now, what it said before where that still counts, and what the kernel refused. */
export interface BgpState {
  readonly status: BirdStatus | undefined;
  readonly sessions: readonly SessionStatus[];
  readonly md5Refused?: Md5Refused | undefined;
}

const NETSTAT = "/proc/net/netstat"; // of this network namespace

/** Looks at BIRD whenever somebody asks: for each report and each scrape. */
export class BgpWatch {
  readonly #bird: () => BirdState;
  readonly #journal = new SessionJournal();
  readonly #md5 = new Md5Counter();

  constructor(bird: () => BirdState) {
    this.#bird = bird;
  }

  look(): BgpState {
    const { status, sessions } = this.#bird();
    const now = Date.now();
    const total = readCounters();
    return {
      status,
      sessions: this.#journal.note(sessions, now),
      md5Refused: total && this.#md5.note(total, now),
    };
  }
}

/** `read` is asked at each scrape. */
export function exportBgp(registry: Registry, read: () => readonly SessionStatus[]): void {
  const states: Gauge<"state"> = new Gauge({
    name: "percale_bgp_sessions",
    help: "BGP sessions by BIRD's state",
    labelNames: ["state"],
    registers: [registry],
    collect: () => {
      states.reset();
      for (const { state } of read()) states.inc({ state });
    },
  });
  const perSession: readonly [string, string, (session: SessionStatus) => number][] = [
    ["established", "1 while the session stands", ({ state }) => (state === "Established" ? 1 : 0)],
    ["routes_imported", "Routes taken from the peer", ({ routesImported }) => routesImported],
    ["routes_exported", "Routes sent to the peer", ({ routesExported }) => routesExported],
  ];
  for (const [name, help, figureOf] of perSession) {
    const gauge: Gauge<Label> = new Gauge({
      name: `percale_bgp_session_${name}`,
      help,
      labelNames: LABELS,
      registers: [registry],
      collect: () => {
        gauge.reset();
        for (const session of read()) gauge.set(labelsOf(session), figureOf(session));
      },
    });
  }
  const flaps: Counter<Label> = new Counter({
    name: "percale_bgp_session_flaps_total",
    help: "How often the session was lost since the agent started",
    labelNames: LABELS,
    registers: [registry],
    collect: () => {
      flaps.reset();
      for (const session of read()) flaps.inc(labelsOf(session), session.flaps ?? 0);
    },
  });
}

const LABELS = ["peer", "peer_node", "type"] as const;
type Label = (typeof LABELS)[number];

function labelsOf({ peerIP, peerNode = "", type }: SessionStatus): Record<Label, string> {
  return { peer: peerIP, peer_node: peerNode, type };
}

/** A kernel without TCP signatures has none. */
function readCounters(): Md5Refused | undefined {
  return md5RefusedOf(readFileSync(NETSTAT, "utf8"));
}
