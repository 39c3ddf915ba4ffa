"use client";
import { NameOf } from "../../../parts/object-name.tsx";
import { SeverityMark } from "../../../parts/severity.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { formatOpen } from "../../../words/kinds.ts";
import { formatCount } from "../../../words/number.ts";
import { effectOf, nameOfKey, overlapsToTell, type SetRow, severityOf } from "./view.ts";

const SHOWN = 50;

/** What overlaps, by what that does to rules. */
export function OverlapTable({ rows }: { readonly rows: readonly SetRow[] }) {
  const url = useUrlState();
  const each = rows.flatMap((row) => overlapsToTell(row).map((overlap) => ({ row, overlap })));
  const isFar = ({ overlap }: (typeof each)[number]): boolean => severityOf(overlap) === "warning";
  const all = [...each.filter(isFar), ...each.filter((one) => !isFar(one))];
  return (
    <section className="overlaps" aria-label="Overlaps">
      <div className="rowb wrap">
        <h2 className="h2">Overlaps</h2>
        <span className="muted">
          {all.length === 0 ? "none" : formatCount(all.length)}, of sets with pools, nodes and each other
        </span>
      </div>
      {all.length > 0 && (
        <div className="tw">
          <table>
            <thead>
              <tr>
                <th>Set</th>
                <th className="hide-s">Net</th>
                <th>What it does to rules</th>
              </tr>
            </thead>
            <tbody>
              {all.slice(0, SHOWN).map(({ row, overlap }) => (
                <tr key={`${row.key} ${overlap.how} ${overlap.other} ${overlap.net}`}>
                  <td>
                    <button
                      type="button"
                      className="link-row"
                      onClick={() => url.set({ open: formatOpen(row.ref), new: undefined, tab: undefined }, "push")}
                    >
                      <SeverityMark severity={severityOf(overlap)} /> <NameOf text={nameOfKey(row.key)} />
                    </button>
                  </td>
                  <td className="mono hide-s">
                    {overlap.net}
                    {overlap.count > 1 && <span className="muted"> and {overlap.count - 1} more</span>}
                  </td>
                  <td className="why">{effectOf(overlap, row.use)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {all.length > SHOWN && (
            <p className="pad muted">
              {SHOWN} of {formatCount(all.length)} overlaps; each set’s own are in its panel.
            </p>
          )}
        </div>
      )}
    </section>
  );
}
