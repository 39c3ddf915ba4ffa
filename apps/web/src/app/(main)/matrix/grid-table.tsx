"use client";
import Link from "next/link";
import { type KeyboardEvent, memo, type SyntheticEvent, useRef } from "react";
import { Icon } from "../../../parts/icon.tsx";
import { verdictMark } from "../../../parts/verdict.tsx";
import { hrefOf } from "../reach/questions.ts";
import { byNamespace, type Cell, cellWords, type Grid, partsOf, questionOf } from "./view.ts";

const STEPS: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
};

/** A cell of the grid, as `cellAt` finds it. */
export interface Place {
  readonly source: string;
  readonly target: number;
}

/** Rows are sources, columns destinations with their port, both under their namespaces. Row and column of the cell that is looked at are lit. */
export const GridTable = memo(function GridTable(props: {
  readonly grid: Grid;
  readonly onlyDifferences: boolean;
  readonly onLook: (place: Place) => void;
}) {
  const { grid, onLook } = props;
  const table = useRef<HTMLTableElement>(null);
  const rows = byNamespace([...grid.sources.entries()], ([, source]) => source);
  const columns = byNamespace([...grid.targets.entries()], ([, target]) => target.name);

  // By hand, because thousands of cells should not be drawn again at each move.
  const look = (event: SyntheticEvent): void => {
    const at = placeOf(event.target);
    for (const lit of table.current?.querySelectorAll(".lit") ?? []) lit.classList.remove("lit");
    if (at === undefined) return;
    table.current?.querySelector(`col[data-column="${at[1]}"]`)?.classList.add("lit");
    table.current?.querySelector(`tr[data-row="${at[0]}"]`)?.classList.add("lit");
    onLook({ source: grid.sources[at[0]] ?? "", target: at[1] });
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    const at = placeOf(event.target);
    if (step === undefined || at === undefined) return;
    event.preventDefault();
    nextCell(table.current, at, step)?.focus();
  };

  return (
    <div className="tw">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys and looks of the cells inside */}
      <table
        className="matrix"
        data-only={props.onlyDifferences ? "differences" : undefined}
        ref={table}
        onKeyDown={onKey}
        onPointerOver={look}
        onFocus={look}
      >
        <caption className="vh">Connectivity between workloads; rows are sources, columns destinations</caption>
        <colgroup>
          <col />
        </colgroup>
        {columns.map(({ namespace, items }) => (
          <colgroup key={namespace}>
            {items.map(([column]) => (
              <col key={column} data-column={column} />
            ))}
          </colgroup>
        ))}
        <thead>
          <tr>
            <td className="mx-corner muted" rowSpan={2}>
              from ↓ to →
            </td>
            {columns.map(({ namespace, items }) => (
              <th key={namespace} scope="colgroup" colSpan={items.length} className="mx-ns">
                {namespace === "" ? "outside" : namespace}
              </th>
            ))}
          </tr>
          <tr>
            {columns.flatMap(({ items }) =>
              items.map(([column, target]) => (
                <th scope="col" key={column}>
                  <span className="mx-name mono">{partsOf(target.name).name}</span>
                  <span className="muted mx-port">
                    {target.protocol} {target.port}
                  </span>
                </th>
              )),
            )}
          </tr>
        </thead>
        {rows.map(({ namespace, items }) => (
          <tbody key={namespace}>
            <tr className="mx-group">
              <th scope="rowgroup" className="mx-ns" colSpan={grid.targets.length + 1}>
                {namespace === "" ? "outside" : namespace}
              </th>
            </tr>
            {items.map(([row, source]) => (
              <tr key={source} data-row={row}>
                <th scope="row" className="mono">
                  {partsOf(source).name}
                </th>
                {columns.flatMap(({ items: targets }) =>
                  targets.map(([column, target]) => (
                    <td key={column}>
                      <MatrixCell
                        cell={grid.cellAt(source, column)}
                        at={`${row},${column}`}
                        isFirst={row === 0 && column === 0}
                        isSelf={source === target.name}
                      />
                    </td>
                  )),
                )}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
});

function placeOf(target: EventTarget): readonly [row: number, column: number] | undefined {
  const text = (target as HTMLElement).closest<HTMLElement>("[data-at]")?.dataset["at"];
  const [row, column] = text?.split(",").map(Number) ?? [];
  return row === undefined || column === undefined ? undefined : [row, column];
}

/** The nearest probed cell that way: what nobody probes is no stop. */
function nextCell(
  table: HTMLElement | null,
  [row, column]: readonly [number, number],
  [down, right]: readonly [number, number],
): HTMLElement | undefined {
  const cells = [...(table?.querySelectorAll<HTMLElement>("a[data-at]") ?? [])].flatMap((cell) => {
    const at = placeOf(cell);
    return at === undefined ? [] : [{ cell, along: (at[0] - row) * down + (at[1] - column) * right, at }];
  });
  const [next] = cells
    .filter(({ along, at }) => along > 0 && (down === 0 ? at[0] === row : at[1] === column))
    .sort((a, b) => a.along - b.along);
  return next?.cell;
}

function MatrixCell(props: {
  readonly cell: Cell | undefined;
  readonly at: string;
  readonly isFirst: boolean;
  readonly isSelf: boolean;
}) {
  const { cell, at } = props;
  if (cell === undefined) return <span className="mx none">{props.isSelf ? "" : "–"}</span>;
  const { tone, icon } = verdictMark(cell.measured ?? cell.predicted);
  const marks = [cell.measured === undefined ? "q" : "", cell.differs ? "dif" : "", cell.isIntended ? "int" : ""].join(
    " ",
  );
  return (
    <Link
      href={hrefOf(questionOf(cell))}
      prefetch={false}
      className={`mx ${tone} ${marks}`}
      data-at={at}
      tabIndex={props.isFirst ? 0 : -1}
      aria-label={`${cell.source} to ${cell.destination} ${cell.protocol} ${cell.port ?? ""}: ${cellWords(cell)}`}
    >
      <Icon name={icon} />
    </Link>
  );
}
