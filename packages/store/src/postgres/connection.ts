import pg from "pg";
import { serviceUnavailable, StatusError } from "@percale/resources";

const CONNECT_MS = 5_000;
const STATEMENT_MS = 30_000;
/** A short question that takes longer finds a database that hangs: those who wait hear so. */
export const ANSWER_MS = 5_000;

// Revisions are bigint; Number holds them exactly up to 2^53, some thousand years at 100,000 writes/s.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

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

/** True if the statement was refused for certain, so that nothing of it happened. Otherwise nobody knows yet. */
export function isRefusal(error: unknown): boolean {
  const code = sqlStateOf(error);
  return code !== undefined && !/^(08|57P)/.test(code);
}

/** Every failure of the database is a 503 that says why; our own StatusErrors pass. */
export function unavailable(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  return serviceUnavailable(`the database can't be reached or refuses to work: ${whyOf(error)}`, 1, error);
}

function whyOf(error: unknown): string {
  if (!(error instanceof Error) || error.message === "") return codeOf(error);
  if (/time(d )?out/i.test(error.message) && sqlStateOf(error) === undefined) return "it did not answer in time"; // pg's, three wordings
  return error.message.trimEnd().split("\n").at(-1)!; // Prisma puts the call it was in before the reason
}

function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

function codeOf(error: unknown): string {
  // Node's AggregateError of several refused addresses has a code and an empty message.
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : String(error);
}
