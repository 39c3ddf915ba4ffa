import type { Logger } from "@percale/daemon";
import type { AuditRecords } from "@percale/store";
import type { AuditEvent } from "./event.ts";
import type { LogFile } from "./log-file.ts";
import type { AuditPolicy } from "./policy.ts";

/** Events wait so long at most, to be written together. */
const FLUSH_MS = 500;
/** Or until there are so many characters. */
const FLUSH_CHARACTERS = 256 * 1024;
const KEPT_CHARACTERS = 64 * 1024 * 1024;
const TRIM_EVERY = 100;

interface AuditOptions {
  readonly policy: AuditPolicy;
  readonly file: LogFile;
  readonly records: AuditRecords;
  readonly log: Logger;
}

/** Keeps events: at once in a queue, a moment later in a file and in the store, many together. No request waits for it. */
export class Audit {
  readonly policy: AuditPolicy;
  readonly #options: AuditOptions;
  #waiting: string[] = [];
  #characters = 0;
  #flushes = 0;
  #flushing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AuditOptions) {
    this.#options = options;
    this.policy = options.policy;
  }

  note(event: AuditEvent): void {
    const text = JSON.stringify(event);
    this.#waiting.push(text);
    this.#characters += text.length;
    if (this.#characters >= FLUSH_CHARACTERS) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  /** The newest first, those that still wait too. */
  async list(options: { readonly limit: number; readonly before?: string }) {
    this.#flush();
    await this.#flushing;
    return this.#options.records.list(options);
  }

  async close(): Promise<void> {
    this.#flush();
    await this.#flushing;
    await this.#options.file.close();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#waiting;
    if (events.length === 0) return;
    this.#waiting = [];
    this.#characters = 0;
    this.#options.file.write(events);
    this.#flushing = this.#flushing.then(() => this.#store(events));
  }

  async #store(events: readonly string[]): Promise<void> {
    const { records, log } = this.#options;
    try {
      await records.add(events);
      if (++this.#flushes % TRIM_EVERY === 0) await records.trim(KEPT_CHARACTERS);
    } catch (error) {
      log.warn("audit events are in the file alone", { events: events.length, error });
    }
  }
}
