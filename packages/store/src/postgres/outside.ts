import pg from "pg";

const OLDEST = 14;

/** What keeps the Postgres at `url` from being the store, in words for the person who wrote the URL; undefined if nothing does. */
export async function outsideDatabaseFault(url: string): Promise<string | undefined> {
  if (!/^postgres(ql)?:\/\//.test(url)) return "it must read postgresql://USER:PASSWORD@HOST:PORT/DATABASE";
  try {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    client.on("error", () => undefined); // a lost connection fails the query too
    try {
      await client.connect();
      const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
      return versionFault(rows[0]!.server_version);
    } finally {
      await client.end().catch(() => undefined); // it never connected
    }
  } catch (error) {
    return describe(error);
  }
}

/** Of what `SHOW server_version` says: `16.4 (Debian 16.4-1)`, `17beta1`. */
export function versionFault(version: string): string | undefined {
  return Number.parseInt(version, 10) >= OLDEST ? undefined : `Postgres ${OLDEST} or later is needed, got ${version}`;
}

/** Of several addresses tried, Node reports an error without words of its own. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join("; ");
  return error instanceof Error ? error.message : String(error);
}
