import pg from "pg";
import type { Fact } from "./truth.ts";

const PAGE = 5_000;

/** Follows the log of the database itself, so that all of it is known here before it is compacted. */
export class Log {
  readonly #url: string;
  readonly facts: Fact[] = [];
  /** Where it does not go on with the next number. */
  readonly holes: string[] = [];
  #at = 0;

  constructor(url: string) {
    this.#url = url;
  }

  /** The newest revision that it knows. */
  get head(): number {
    return this.#at;
  }

  /** Reads on to the end. Throws what Postgres throws. */
  async read(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url });
    client.on("error", () => undefined); // the query that is under way tells
    await client.connect();
    try {
      for (;;) {
        const { rows } = await client.query<Row>(SINCE, [this.#at, PAGE]);
        for (const row of rows) this.#take(row);
        if (rows.length < PAGE) return;
      }
    } finally {
      await client.end();
    }
  }

  #take({ revision: text, set_end: setEnd, op: type, kind, name, body }: Row): void {
    const revision = Number(text);
    if (revision !== this.#at + 1) this.holes.push(`the log goes from ${this.#at} to ${revision}`);
    this.#at = revision;
    if (kind !== "NetworkSet") return;
    const { value = "", colour = "" } = body.metadata.labels ?? {};
    this.facts.push({ revision, type, name, value, colour, setEnd: Number(setEnd) });
  }
}

interface Row {
  readonly revision: string;
  readonly set_end: string;
  readonly op: Fact["type"];
  readonly kind: string;
  readonly name: string;
  readonly body: { readonly metadata: { readonly labels?: { readonly value?: string; readonly colour?: string } } };
}

const SINCE =
  "SELECT revision, set_end, op, kind, name, body FROM revisions WHERE revision > $1 ORDER BY revision LIMIT $2";
