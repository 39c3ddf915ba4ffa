"use client";
import Link from "next/link";
import { useMatrix } from "../../../live/matrix.ts";
import type { TraceQuery } from "../../../live/trace.ts";
import { Age } from "../../../parts/age.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { Verdict } from "../../../parts/verdict.tsx";
import { type Cell, cellsOf } from "../matrix/view.ts";

/** The same question put to the kernels, where the lab probes this pair. */
export function MeasuredCard({ trace }: { readonly trace: TraceQuery }) {
  const matrix = useMatrix();
  const cells = matrix.data === undefined ? [] : cellsOf(matrix.data, trace.sourceText, trace.destinationText);
  if (cells.length === 0) return null;
  return (
    <section className="card" aria-label="Measured">
      <div className="ch">
        <h2 className="h2">Measured</h2>
        <span className="muted">real packets in the lab</span>
        <Link className="end link" href="/matrix">
          Matrix
        </Link>
      </div>
      <table className="boxed">
        <thead>
          <tr>
            <th>Probe</th>
            <th>Predicted</th>
            <th>Measured</th>
            <th className="num">Probed</th>
          </tr>
        </thead>
        <tbody>
          {cells.map((cell) => (
            <tr key={`${cell.protocol}${cell.port}`}>
              <td>
                {cell.protocol} {cell.port}
              </td>
              <td>
                <Predicted cell={cell} trace={trace} />
              </td>
              <td>
                {cell.measured === undefined ? (
                  <span className="muted">not yet</span>
                ) : (
                  <Verdict action={cell.measured} word={verdictWord(cell.measured)} />
                )}
                {cell.differs && <Icon name="warn" className="warn" label="differs from the prediction" />}
              </td>
              <td className="num muted">
                <Age at={cell.at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The matrix's prediction; before it came, the answer that stands beside this card, where it is to the same question. */
function Predicted({ cell, trace }: { readonly cell: Cell; readonly trace: TraceQuery }) {
  const isAsked = trace.question !== undefined && trace.question === `${cell.protocol} ${cell.port ?? ""}`;
  const predicted = cell.predicted ?? (isAsked ? trace.verdict : undefined);
  return predicted === undefined ? (
    <span className="muted">…</span>
  ) : (
    <Verdict action={predicted} word={verdictWord(predicted)} />
  );
}

function verdictWord(action: "Allow" | "Deny"): string {
  return action === "Allow" ? "Allowed" : "Denied";
}
