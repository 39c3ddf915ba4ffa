"use client";
import Link from "next/link";
import { useUrlState } from "../../../parts/url-state.ts";
import { formatCount } from "../../../words/number.ts";
import type { NodeUse } from "./view.ts";

/** What each node has of all pools, and whose blocks the map shall show. */
export function NodeUseTable({ rows }: { readonly rows: readonly NodeUse[] }) {
  const url = useUrlState();
  const marked = url.get("node");
  if (rows.length === 0) return null;
  return (
    <section aria-label="Per node">
      <div className="rowb wrap part-head">
        <h2 className="h2">Per node</h2>
        <span className="muted">of all pools</span>
      </div>
      <div className="tw">
        <table className="flush">
          <thead>
            <tr>
              <th>Node</th>
              <th className="num">Blocks</th>
              <th className="num">In use</th>
              <th className="num">Borrowed</th>
              <th className="num hide-s">Free</th>
              <th className="hide-s">
                <span className="vh">On the map</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.node} aria-selected={row.node === marked}>
                <td className="mono">
                  <Link href={`/nodes/${row.node}`}>{row.node}</Link>
                </td>
                <td className="num">{formatCount(row.blocks)}</td>
                <td className="num">{formatCount(row.used)}</td>
                <td className={row.borrowed > 0 ? "num warn" : "num"}>{formatCount(row.borrowed)}</td>
                <td className="num hide-s">{formatCount(row.free)}</td>
                <td className="num hide-s">
                  <button
                    type="button"
                    className="link"
                    aria-pressed={row.node === marked}
                    onClick={() => url.set({ node: row.node === marked ? undefined : row.node })}
                  >
                    {row.node === marked ? "Unmark" : "Its blocks"}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
