"use client";
import Link from "next/link";
import { useMemo, useState } from "react";
import { useMatrix } from "../../../live/matrix.ts";
import { useTense } from "../../../live/presence.ts";
import { useNarrow } from "../../../parts/narrow.ts";
import { Empty, Loaded } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { usePageTitle } from "../../../shell/title.ts";
import { Below } from "./below.tsx";
import { CellLine } from "./cell-line.tsx";
import { GridTable, type Place } from "./grid-table.tsx";
import { Legend } from "./legend.tsx";
import { PairList } from "./pair-list.tsx";
import { gridOf, type Matrix as MatrixData, matrixVerdict } from "./view.ts";
import "../../../styles/matrix.css";

/** Who reaches whom, as packets meet it in the lab's kernels, beside what the evaluator says. */
export function Matrix() {
  usePageTitle("Matrix");
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
            <Probed matrix={matrix} />
          )
        }
      </Loaded>
    </main>
  );
}

function Probed({ matrix }: { readonly matrix: MatrixData }) {
  const url = useUrlState();
  const grid = useMemo(() => gridOf(matrix), [matrix]);
  const narrow = useNarrow();
  const [looked, setLooked] = useState<Place>();
  const verdict = matrixVerdict(grid, useTense());
  const onlyDifferences = url.get("view") === "differences";
  return (
    <>
      <div className="bar">
        <span className="seg" role="group" aria-label="Cells">
          <button type="button" aria-pressed={!onlyDifferences} onClick={() => url.set({ view: undefined }, "push")}>
            All
          </button>
          <button type="button" aria-pressed={onlyDifferences} onClick={() => url.set({ view: "differences" }, "push")}>
            Not as predicted <span className={grid.differing > 0 ? "warn" : "muted"}>{grid.differing}</span>
          </button>
        </span>
      </div>
      <div className="scroll">
        <div className="pad">
          <p className="verd">
            <b className="strong">{verdict.lead}</b>{" "}
            <span className={grid.differing > 0 ? "warn" : "muted"}>{verdict.rest}</span>
          </p>
          {narrow ? (
            <PairList matrix={matrix} onlyDifferences={onlyDifferences} />
          ) : (
            <>
              <GridTable grid={grid} onlyDifferences={onlyDifferences} onLook={setLooked} />
              <Legend />
            </>
          )}
          <Below matrix={matrix} isList={narrow} />
        </div>
      </div>
      {!narrow && <CellLine cell={looked && grid.cellAt(looked.source, looked.target)} />}
    </>
  );
}
