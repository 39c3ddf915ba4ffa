/** What one page holds of large rows, but for the last. */
export const PAGE_BYTES = 1024 * 1024;

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
