import type { SessionStatus } from "@percale/bgp";
import { readStateFile, writeStateFile } from "@percale/daemon";
import { z } from "zod";

/** As long as a peer keeps the routes of a BIRD that went, by BGP's default. */
const KEPT_MS = 240_000;

const file = z.strictObject({
  /** Sessions that are established, by name. */
  up: z.array(z.string()),
  /** Those that were, and when they went down, ms since 1970. */
  down: z.record(z.string(), z.number()),
});
type Kept = z.output<typeof file>;

export interface NamedStatus {
  readonly name: string;
  readonly status: SessionStatus;
}

/**
 * Which sessions were established lately, over restarts of agent and BIRD. A restarted BIRD waits for peers that have routes of ours
 * to keep; one that never answered would hold up all the others.
 */
export class Established {
  readonly #path: string;
  readonly #now: () => number;
  #kept: Kept;

  private constructor(path: string, kept: Kept, now: () => number) {
    this.#path = path;
    this.#kept = kept;
    this.#now = now;
  }

  /** A file that cannot be read counts as none: nobody is waited for. */
  static async open(path: string, now: () => number = Date.now): Promise<Established> {
    const kept = await readStateFile(
      path,
      (data) => file.parse(JSON.parse(data.toString("utf8"))),
      () => undefined,
    );
    return new Established(path, kept ?? { up: [], down: {} }, now);
  }

  /** Names of the sessions worth waiting for after a restart. */
  recent(): ReadonlySet<string> {
    const since = this.#now() - KEPT_MS;
    const lately = Object.entries(this.#kept.down).filter(([, at]) => at >= since);
    return new Set([...this.#kept.up, ...lately.map(([name]) => name)]);
  }

  /** Writes only when a session came up or went down. */
  async note(sessions: readonly NamedStatus[]): Promise<void> {
    const isUp = new Set(sessions.flatMap(({ name, status }) => (status.state === "Established" ? [name] : [])));
    const went = this.#kept.up.filter((name) => !isUp.has(name));
    if (went.length === 0 && isUp.size === this.#kept.up.length) return;
    const now = this.#now();
    const down = { ...this.#kept.down, ...Object.fromEntries(went.map((name) => [name, now])) };
    const old = Object.entries(down).filter(([name, at]) => !isUp.has(name) && at >= now - KEPT_MS);
    this.#kept = { up: [...isUp].sort(), down: Object.fromEntries(old) };
    await writeStateFile(this.#path, JSON.stringify(this.#kept));
  }
}
