"use client";
import Link from "next/link";
import { type KeyboardEvent, useMemo, useRef } from "react";
import { useTense } from "../../../live/presence.ts";
import { useMatrix } from "../../../live/queries.ts";
import { Icon } from "../../../parts/icon.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { Empty, Loaded } from "../../../parts/states.tsx";
import { verdictMark } from "../../../parts/verdict.tsx";
import { usePageTitle } from "../../../shell/title.ts";
import { formatMoment } from "../../../words/time.ts";
import { type Cell, gridOf, matrixVerdict } from "./view.ts";
import "../../../styles/matrix.css";

/** Who reaches whom, as packets meet it in the lab's kernels, beside what the evaluator says. */
export function Matrix() {
  usePageTitle("Connectivity matrix");
  const query = useMatrix();
  return (
    <main className="main" id="main">
      <Loaded query={query} what="the matrix">
        {(matrix) =>
          matrix.probes.length === 0 ? (
            <Empty
              title="No lab is running"
              help={
                <>
                  The matrix shows real packets between the lab&apos;s workloads. Start it with{" "}
                  <span className="mono">percale lab up</span>; it needs root or user namespaces.
                </>
              }
              action={
                <Link className="btn" href="/reach">
                  Ask the evaluator instead
                </Link>
              }
            />
          ) : (
            <MatrixGrid matrix={matrix} />
          )
        }
      </Loaded>
    </main>
  );
}

function MatrixGrid({ matrix }: { readonly matrix: Parameters<typeof gridOf>[0] }) {
  const grid = useMemo(() => gridOf(matrix), [matrix]);
  const table = useRef<HTMLTableElement>(null);
  const verdict = matrixVerdict(grid, useTense());
  const onKey = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
    };
    const step = steps[event.key];
    const at = (event.target as HTMLElement).dataset["at"]?.split(",").map(Number);
    if (step === undefined || at === undefined) return;
    event.preventDefault();
    table.current
      ?.querySelector<HTMLElement>(`[data-at="${(at[0] ?? 0) + step[0]},${(at[1] ?? 0) + step[1]}"]`)
      ?.focus();
  };
  return (
    <div className="scroll">
      <div className="pad">
        <p className="verd">
          <b className="strong">{verdict.lead}</b>{" "}
          <span className={grid.differing > 0 ? "warn" : "muted"}>{verdict.rest}</span>
        </p>
        <div className="tw">
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the cells inside */}
          <table className="matrix" ref={table} onKeyDown={onKey}>
            <caption className="vh">Connectivity between workloads; rows are sources, columns destinations</caption>
            <thead>
              <tr>
                <th scope="col">
                  <span className="muted">from ↓ to →</span>
                </th>
                {grid.targets.map((target) => (
                  <th scope="col" key={`${target.name}${target.protocol}${target.port}`}>
                    <span className="mx-name">
                      <NameOf text={target.name} />
                    </span>
                    <span className="muted mx-port">
                      {target.protocol} {target.port}
                    </span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {grid.sources.map((source, row) => (
                <tr key={source}>
                  <th scope="row">
                    <NameOf text={source} />
                  </th>
                  {grid.targets.map((target, column) => (
                    <td key={`${target.name}${target.protocol}${target.port}`}>
                      <MatrixCell
                        cell={grid.cellAt(source, column)}
                        at={`${row},${column}`}
                        isFirst={row === 0 && column === 0}
                        isSelf={source === target.name}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <div className="legend mx-legend">
          <span>
            <span className="mx a">
              <Icon name="allow" />
            </span>
            answered
          </span>
          <span>
            <span className="mx d">
              <Icon name="deny" />
            </span>
            no answer
          </span>
          <span>
            <span className="mx d dif">
              <Icon name="deny" />
            </span>
            differs from the evaluator
          </span>
          <span>
            <span className="mx q a">
              <Icon name="allow" />
            </span>
            predicted, not probed yet
          </span>
          <span>A cell opens Reach.</span>
        </div>
      </div>
    </div>
  );
}

function MatrixCell({
  cell,
  at,
  isFirst,
  isSelf,
}: {
  readonly cell: Cell | undefined;
  readonly at: string;
  readonly isFirst: boolean;
  readonly isSelf: boolean;
}) {
  if (cell === undefined) return <span className="mx none">{isSelf ? "" : "–"}</span>;
  const verdict = cell.measured ?? cell.predicted;
  const { tone, icon } = verdictMark(verdict);
  const words = [
    `${cell.source} to ${cell.destination} ${cell.protocol} ${cell.port ?? ""}:`,
    cell.measured === undefined ? "not probed yet," : cell.measured === "Allow" ? "answered," : "no answer,",
    `predicted ${cell.predicted ?? "nothing"}`,
    cell.at === undefined ? "" : `(${formatMoment(Date.parse(cell.at))})`,
  ].join(" ");
  const query = new URLSearchParams({
    src: cell.source,
    dst: cell.destination,
    proto: cell.protocol,
    ...(cell.port === undefined ? {} : { port: String(cell.port) }),
  });
  return (
    <Link
      href={`/reach?${query.toString().replaceAll("%2F", "/")}`}
      prefetch={false}
      className={`mx ${tone} ${cell.measured === undefined ? "q" : ""} ${cell.differs ? "dif" : ""}`}
      data-at={at}
      tabIndex={isFirst ? 0 : -1}
      aria-label={words}
      title={words}
    >
      <Icon name={icon} />
    </Link>
  );
}
