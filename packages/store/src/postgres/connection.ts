import pg from "pg";
import type { Logger } from "@percale/daemon";

const CONNECT_MS = 5_000;
const STATEMENT_MS = 30_000;
/** A short question that takes longer finds a database that hangs: those who wait hear so. */
export const ANSWER_MS = 5_000;

// Revisions are bigint; Number holds them exactly up to 2^53, some thousand years at 100,000 writes/s.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

/** What everything over Postgres is opened with. */
export interface PostgresOptions {
  /** Any Postgres ≥ 14. */
  readonly url: string;
  readonly log?: Logger;
  readonly now?: () => Date;
}

export function clientConfig(url: string, applicationName: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    // A writer that hangs while it holds the order of all writes must not hold it for ever.
    idle_in_transaction_session_timeout: 10_000,
    query_timeout: STATEMENT_MS + 5_000,
    keepAlive: true,
    types,
  };
}

export async function connect(url: string, applicationName: string): Promise<pg.Client> {
  const client = new pg.Client(clientConfig(url, applicationName));
  client.on("error", () => undefined); // the next query reports it; without a listener it would end the process
  await client.connect();
  return client;
}
