import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import type { Client, QueryConfig } from "pg";
import { LOG_CHANNEL } from "../postgres/log.ts";

interface Row {
  readonly revision: number;
  readonly set_end: number;
  readonly op: string;
  readonly name: string;
  readonly body: unknown;
  readonly previous: unknown;
  readonly group_id: string;
}

/** What one connection sees. */
interface Tables {
  readonly epoch: string;
  readonly head: number;
  readonly rows: readonly Row[];
}

interface Answer {
  readonly rows: readonly unknown[];
  readonly rowCount: number;
}

/** What becomes of a statement: the connection is lost before or after it is carried out, or the database refuses it with an error. */
export type Fate = "lost before" | "lost after" | Error | undefined;

/**
 * The log's tables with their row lock, transactions and notifications, behind the few statements that the driver sends: what the driver
 * makes of answers, losses and other writers is tested on it in milliseconds. That the SQL does the same the pg tests prove.
 */
export class LogServer {
  tables: Tables = { epoch: randomUUID(), head: 0, rows: [] };
  /** Every statement in order: its name, or its first word. */
  readonly statements: string[] = [];
  fateOf: (statement: string, values: readonly unknown[]) => Fate = () => undefined;
  readonly #clients = new Set<LogClient>();
  #held: Promise<void> = Promise.resolve();

  readonly connect = async (): Promise<Client> => {
    const client = new LogClient(this);
    this.#clients.add(client);
    return client as unknown as Client; // the part of one that the driver uses
  };

  /** Ends every connection, as a restart does. */
  restart(): void {
    for (const client of this.#clients) client.lose();
  }

  /** Waits for whoever holds the head; the caller then holds it until it calls what it gets. */
  async hold(): Promise<() => void> {
    const before = this.#held;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    await before;
    return resolve;
  }

  commit(tables: Tables): void {
    if (tables.head !== this.tables.head)
      for (const client of this.#clients) client.tell(String(tables.head));
    this.tables = tables;
  }

  forget(client: LogClient): void {
    this.#clients.delete(client);
  }
}

class LogClient extends EventEmitter {
  readonly #server: LogServer;
  #isListening = false;
  #isOver = false;
  #begun: Tables | undefined;
  #release: (() => void) | undefined;

  constructor(server: LogServer) {
    super();
    this.#server = server;
  }

  async query(query: string | QueryConfig, given?: readonly unknown[]): Promise<Answer> {
    const { name, text, values = given ?? [] } = typeof query === "string" ? { text: query } : query;
    const statement = name ?? text.trim().split(/\s/)[0]!;
    this.#server.statements.push(statement);
    await Promise.resolve();
    const fate = this.#server.fateOf(statement, values);
    if (fate === "lost before") this.lose();
    if (this.#isOver) throw new Error("Connection terminated unexpectedly");
    if (fate instanceof Error) {
      this.#finish(undefined);
      throw fate;
    }
    const answer = await this.#carryOut(statement, text, values);
    if (fate !== "lost after") return answer;
    this.lose();
    throw new Error("Connection terminated unexpectedly");
  }

  async end(): Promise<void> {
    this.lose();
  }

  /** What it had begun never happened. */
  lose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#finish(undefined);
    this.#server.forget(this);
    this.emit("end");
  }

  tell(payload: string): void {
    if (this.#isListening) queueMicrotask(() => this.emit("notification", { channel: LOG_CHANNEL, payload }));
  }

  async #carryOut(statement: string, text: string, values: readonly unknown[]): Promise<Answer> {
    const tables = this.#begun ?? this.#server.tables;
    switch (statement) {
      case "BEGIN":
        this.#begun = tables;
        return none;
      case "COMMIT":
        return this.#finish(this.#begun);
      case "ROLLBACK":
        return this.#finish(undefined);
      case "LISTEN":
        this.#isListening = true;
        return none;
      case "read-head":
        return { rows: [tables], rowCount: 1 };
      case "read-log": {
        const [since, page] = values as [number, number];
        const rows = tables.rows.filter(({ revision }) => revision > since && revision <= since + page);
        return { rows, rowCount: rows.length };
      }
      case "write-group":
        return this.#write(values as WriteValues);
      case "SELECT":
        if (text.includes("FOR UPDATE")) await this.#lock();
        return { rows: [], rowCount: tables.rows.filter((row) => row.revision === values[0] && row.group_id === values[1]).length };
      default:
        throw new Error(`no statement of the driver's: ${text}`);
    }
  }

  async #write([from, end, epoch, group_id, json]: WriteValues): Promise<Answer> {
    await this.#lock();
    const tables = this.#begun ?? this.#server.tables;
    const isHeld = tables.head === from && tables.epoch === epoch;
    const rows = (JSON.parse(json) as Omit<Row, "group_id">[]).map((row) => ({ ...row, previous: row.previous ?? null, group_id }));
    const written = { ...tables, head: end, rows: [...tables.rows, ...rows] };
    if (this.#begun === undefined) this.#finish(isHeld ? written : undefined);
    else if (isHeld) this.#begun = written;
    return { rows: [], rowCount: isHeld ? 1 : 0 };
  }

  /** A transaction then sees what the one before it left. */
  async #lock(): Promise<void> {
    if (this.#release !== undefined) return;
    this.#release = await this.#server.hold();
    if (this.#isOver) this.#finish(undefined);
    if (this.#begun !== undefined) this.#begun = this.#server.tables;
  }

  #finish(tables: Tables | undefined): Answer {
    if (tables !== undefined) this.#server.commit(tables);
    this.#begun = undefined;
    this.#release?.();
    this.#release = undefined;
    return none;
  }
}

type WriteValues = [from: number, end: number, epoch: string, groupId: string, rows: string];
const none: Answer = { rows: [], rowCount: 0 };
