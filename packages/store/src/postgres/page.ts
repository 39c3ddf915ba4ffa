/** What one page holds of large rows, but for the last. */
const PAGE_BYTES = 1024 * 1024;
const PAGE_ROWS = 1_000;

/**
 * SQL for the first of the log's rows that `found` selects, in its order, that together are about a megabyte; one at least, if there is any.
 * To measure a row costs as much as to read it, so only those are measured that together are no larger as they are stored, compressed.
 */
export function pageSql(columns: string, found: string, order: "ASC" | "DESC"): string {
  const before = (bytes: (column: string) => string): string => `
    COALESCE(sum(${bytes("body")} + COALESCE(${bytes("previous")}, 0))
      OVER (ORDER BY revision ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)`;
  return `
    SELECT ${columns} FROM (
      SELECT *, ${before((column) => `octet_length(${column}::text)`)} AS bytes_before FROM (
        SELECT *, ${before((column) => `pg_column_size(${column})`)} AS stored_before FROM (${found}) found
      ) weighed WHERE stored_before < ${PAGE_BYTES}
    ) measured WHERE bytes_before < ${PAGE_BYTES} ORDER BY revision ${order}`;
}

/** The revisions that are read at once, of rows whose sizes are known. */
export function* pagesOf(rows: Iterable<{ readonly revision: number; readonly bytes: number }>): Generator<number[]> {
  let page: number[] = [];
  let held = 0;
  for (const { revision, bytes } of rows) {
    page.push(revision);
    held += bytes;
    if (held < PAGE_BYTES && page.length < PAGE_ROWS) continue;
    yield page;
    [page, held] = [[], 0];
  }
  if (page.length > 0) yield page;
}
