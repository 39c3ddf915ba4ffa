/** Answers as text. What is rarely asked for is loaded when it is. */
import type { KubeObject } from "@percale/resources";
import { ExitError } from "../exit-error.ts";
import { renderColumns } from "../rest/table.ts";
import { objectsOf, wholeOf } from "./format.ts";
import type { Output, Result } from "./format.ts";
import { TABLES } from "./tables.ts";
import type { KindTable, TableContext } from "./tables.ts";
import { runGoTemplate } from "./go-template.ts";
import { runJsonPath, textOf, valuesAt } from "./jsonpath.ts";

export interface RenderOptions extends TableContext {
  readonly kind: string;
  /** For `-o name`. */
  readonly plural: string;
  /** The namespace is a column. */
  readonly namespaces: boolean;
}

/** Of a kind without a table of calicoctl's only what is no table. */
export async function render(results: readonly Result[], output: Output, options: RenderOptions): Promise<string> {
  switch (output.as) {
    case "ps":
    case "wide": {
      const table = TABLES[options.kind];
      if (table === undefined) throw new Error(`${options.kind} has no table`);
      const headings = output.as === "ps" ? table.ps : table.wide;
      return results.map((one) => `${renderTable(one, table, { ...options, headings })}\n`).join("");
    }
    case "custom-columns":
      return (await Promise.all(results.map((one) => customTable(one, output.columns, options))))
        .map((one) => `${one}\n`)
        .join("");
    case "yaml": {
      const { stringify } = await import("yaml");
      return stringify(wholeOf(results), { lineWidth: 0 });
    }
    case "json":
      return JSON.stringify(wholeOf(results), undefined, 2);
    case "name":
      return objectsOf(results)
        .map(({ metadata }) => `${options.plural}/${metadata.name}\n`)
        .join("");
    case "go-template": {
      return runGoTemplate(output.template, results, options);
    }
    case "jsonpath": {
      return runJsonPath(
        output.template,
        results.length === 1 ? results[0] : { kind: "List", items: objectsOf(results) },
      );
    }
  }
}

interface TableOptions extends RenderOptions {
  readonly headings: readonly string[];
}

/** A table of calicoctl's, with the headings that are wanted. */
function renderTable(result: Result, table: KindTable, options: TableOptions): string {
  return renderColumns([
    headOf(options),
    ...sortedObjects(result, table).map((object) => rowOf(object, table, options)),
  ]);
}

export function headOf({ headings, namespaces }: TableOptions): readonly string[] {
  return namespaces ? ["NAMESPACE", ...headings] : headings;
}

export function rowOf(object: KubeObject, { cells }: KindTable, options: TableOptions): readonly string[] {
  const spec = (object.spec ?? {}) as Readonly<Record<string, unknown>>; // cells read what they find
  const row = options.headings.map((heading) => cells[heading]!(spec, object, options));
  return options.namespaces ? [object.metadata.namespace ?? "", ...row] : row;
}

function sortedObjects(result: Result, { sorted }: KindTable): readonly KubeObject[] {
  const objects = objectsOf([result]);
  return sorted === undefined ? objects : objects.toSorted(sorted);
}

/** Headings that the kind's table knows, or kubectl's `HEADING:.path`. */
async function customTable(result: Result, columns: readonly string[], options: RenderOptions): Promise<string> {
  const known = TABLES[options.kind]?.cells ?? {};
  const cells = columns.map((column): KindTable["cells"][string] => {
    const [, path] = column.split(/:(.*)/s);
    if (path !== undefined) return (_, object) => valuesAt(path, object).map(textOf).join(",") || "<none>";
    const own = known[column.toUpperCase()];
    if (own !== undefined) return own;
    const there = Object.keys(known).join(", ") || "none";
    throw new ExitError(
      `unknown output column: ${column}; ${options.kind} has ${there}, and others are HEADING:.path.of.field`,
    );
  });
  const headings = columns.map((column) => column.split(":")[0]!.toUpperCase());
  const table = Object.fromEntries(headings.map((heading, i) => [heading, cells[i]!]));
  return renderTable(result, { ps: headings, wide: headings, cells: table }, { ...options, headings });
}
