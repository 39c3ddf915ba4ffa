/** Rows of a table, of which some may not be known yet; an array is such. */
export interface Rows<Row> {
  readonly length: number;
  at(index: number): Row | undefined;
}

export function mapRows<Row, To>(rows: Rows<Row>, to: (row: Row) => To): Rows<To> {
  return {
    length: rows.length,
    at: (index) => {
      const row = rows.at(index);
      return row === undefined ? undefined : to(row);
    },
  };
}
