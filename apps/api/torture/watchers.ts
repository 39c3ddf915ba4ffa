import { setTimeout as delay } from "node:timers/promises";
import { listWith, PATH, seen } from "./clients.ts";
import type { KubeSet } from "./clients.ts";
import type { Fleet } from "./fleet.ts";
import { Client } from "./http.ts";
import type { Watched } from "./laws.ts";
import type { Selection, WatchEvent } from "./truth.ts";

const AGAIN_MS = 50;

/** Follows one selection from where it stands on, over whatever happens to servers, and notes all that it was told. */
export class Watcher {
  readonly #name: string;
  readonly selection: Selection;
  readonly #fleet: Fleet;
  readonly #random: () => number;
  readonly #client = new Client();
  readonly #stretches: { since: number; events: WatchEvent[] }[] = [];
  #told = 0;
  #refused = 0;

  constructor({
    name,
    selection,
    fleet,
    random,
  }: {
    name: string;
    selection: Selection;
    fleet: Fleet;
    random: () => number;
  }) {
    this.#name = name;
    this.selection = selection;
    this.#fleet = fleet;
    this.#random = random;
  }

  /** Up to where it knows everything. */
  get told(): number {
    return this.#told;
  }

  /** How often it had come too late and listed again. */
  get refused(): number {
    return this.#refused;
  }

  get watched(): readonly Watched[] {
    return this.#stretches.map((stretch) => ({ watcher: this.#name, selection: this.selection, ...stretch }));
  }

  async run(signal: AbortSignal, from?: number): Promise<void> {
    if (from !== undefined) this.#begin(from);
    while (!signal.aborted) {
      if (this.#stretches.length === 0 && !(await this.#list())) {
        await delay(AGAIN_MS);
        continue;
      }
      await this.#watch(signal);
      await delay(AGAIN_MS);
    }
    this.#client.close();
  }

  #begin(since: number): void {
    this.#stretches.push({ since, events: [] });
    this.#told = since;
  }

  async #list(): Promise<boolean> {
    const listed = await listWith(this.#client, await this.#door(), { selection: this.selection });
    if (listed !== undefined) this.#begin(listed.revision);
    return listed !== undefined;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { events } = this.#stretches.at(-1)!;
    const query = new URLSearchParams({
      watch: "1",
      allowWatchBookmarks: "true",
      resourceVersion: String(this.#told),
      // Some end by themselves, as clients ask for.
      timeoutSeconds: String(1 + Math.floor(this.#random() * 20)),
      ...(this.selection !== undefined && { labelSelector: `colour=${this.selection}` }),
    });
    let isLate = false;
    const hear = (line: string): void => {
      const { type, object } = JSON.parse(line) as {
        type: WatchEvent["type"] | "ERROR";
        object: KubeSet & { code?: number };
      };
      if (type === "ERROR") isLate ||= object.code === 410;
      else {
        const { value, version: revision } = seen(object);
        events.push({ type, revision, name: object.metadata.name ?? "", value });
        this.#told = revision;
      }
    };
    const refusal = await this.#client.lines(await this.#door(), `${PATH}?${query}`, hear, signal);
    if (!isLate && refusal?.code !== 410) return;
    this.#refused++;
    while (!signal.aborted && !(await this.#list())) await delay(AGAIN_MS);
  }

  #door() {
    return this.#fleet.door(Math.floor(this.#random() * this.#fleet.size));
  }
}
