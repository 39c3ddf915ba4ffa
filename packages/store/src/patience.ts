/** Between attempts to reach a database that is away. */
export const DATABASE_BACKOFF = { baseMs: 50, maxMs: 1_000 } as const;
