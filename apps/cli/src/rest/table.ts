/** Kubernetes' Table representation, printed in columns. */
export interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority?: number }[];
  readonly rows: readonly {
    readonly cells: readonly unknown[];
    readonly object?: { readonly metadata?: { readonly namespace?: string } };
  }[];
}

export const TABLE_ACCEPT = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/** Columns of priority above 0 only when wide. */
export function renderTable(table: Table, options: { readonly wide: boolean; readonly namespaces: boolean }): string {
  const shown = table.columnDefinitions.flatMap(({ priority = 0 }, index) =>
    options.wide || priority === 0 ? [index] : [],
  );
  const head = shown.map((index) => table.columnDefinitions[index]!.name.toUpperCase());
  const body = table.rows.map(({ cells }) => shown.map((index) => cell(cells[index])));
  if (!options.namespaces) return renderColumns([head, ...body]);
  const namespaces = table.rows.map(({ object }) => object?.metadata?.namespace ?? "-");
  return renderColumns([["NAMESPACE", ...head], ...body.map((row, index) => [namespaces[index]!, ...row])]);
}

/** Every column as wide as its longest cell, three blanks between. The first row is the heading. */
export function renderColumns(given: readonly (readonly string[])[]): string {
  const rows = given.map((row) => row.map(visible));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string => row.map((text, column) => text.padEnd(widths[column]! + 3)).join("");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}

/** What others wrote moves no cursor and makes no line of its own. */
function visible(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1));
}

function cell(value: unknown): string {
  if (value === undefined || value === null || value === "") return "-";
  return typeof value === "string" ? value : JSON.stringify(value);
}
