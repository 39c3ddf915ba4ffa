"use client";
import Link from "next/link";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { SeverityMark } from "../../../parts/severity.tsx";
import { counted } from "../../../words/number.ts";
import { findRoutes, type RouteRow } from "./routes.ts";
import { severityOfCounts } from "./view.ts";

const SHOWN = 100;

/** Which node announces which prefix to how many of its sessions. */
export function RouteTable({
  rows,
  text,
  onText,
}: {
  readonly rows: readonly RouteRow[];
  readonly text: string;
  readonly onText: (text: string) => void;
}) {
  const found = findRoutes(rows, text);
  return (
    <section className="routes" aria-label="Routes">
      <div className="rowb wrap">
        <h2 className="h2">Routes</h2>
        <span className="muted">
          {counted(rows.length, "prefix", "prefixes")} of the IP pools, and who announces them
        </span>
        <span className="right">
          <FilterBox label="Prefix or address: who announces it" value={text} onChange={onText} />
        </span>
      </div>
      {found.length === 0 ? (
        <p className="muted routes-none">
          {rows.length === 0
            ? "No node has a block of addresses yet, so none announces one."
            : `No block holds ${text.trim()}, so no node announces it.`}
        </p>
      ) : (
        <div className="tw">
          <table>
            <thead>
              <tr>
                <th>Prefix</th>
                <th>Announced by</th>
                <th>To</th>
                <th className="hide-s">Pool</th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, SHOWN).map((row) => (
                <tr key={row.prefix}>
                  <td className="mono">
                    <Link href={`/ippools?focus=${encodeURIComponent(row.pool)}&open=block/${row.prefix}`}>
                      {row.prefix}
                    </Link>
                  </td>
                  <td className="mono">
                    {row.node === undefined ? (
                      <span className="muted">nobody: the block has no node</span>
                    ) : (
                      <Link href={`/nodes/${row.node}`}>{row.node}</Link>
                    )}
                  </td>
                  <td>
                    <Audience row={row} />
                  </td>
                  <td className="mono muted hide-s">{row.pool}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {found.length > SHOWN && (
            <p className="muted routes-none">
              {SHOWN} of {found.length} prefixes. An address, a prefix, a node or a pool narrows them.
            </p>
          )}
        </div>
      )}
    </section>
  );
}

function Audience({ row: { node, isKept, sessions } }: { readonly row: RouteRow }) {
  if (node === undefined) return <>–</>;
  if (isKept) return <span className="muted">nobody: its pool is not exported</span>;
  if (sessions.total === 0) return <span className="muted">no session of this family</span>;
  const text = `${sessions.established} of ${counted(sessions.total, "session")}`;
  return <SeverityMark severity={severityOfCounts(sessions)} text={text} />;
}
