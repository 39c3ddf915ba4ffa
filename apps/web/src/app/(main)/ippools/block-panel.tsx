"use client";
import type { BlockView } from "@percale/api";
import Link from "next/link";
import { useState } from "react";
import { Icon } from "../../../parts/icon.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { type AddressCell, blockAddresses } from "./view.ts";

/** One block: every address as a square, the owners as a table. Shows `at` first, if it is mounted with one. */
export function BlockPanel({
  block,
  at,
  onClose,
}: {
  readonly block: BlockView;
  /** The address that was looked for, by its ordinal. */
  readonly at: number | undefined;
  readonly onClose: () => void;
}) {
  const [chosen, setChosen] = useState(at);
  const cells = blockAddresses(block);
  const taken = cells.filter((cell) => cell.owner !== undefined || cell.handle !== undefined);
  return (
    <Panel
      label="Block"
      title={
        <>
          <Icon name="pools" />
          <h2>
            <span className="mono">{block.cidr}</span>
          </h2>
          <span className="badge">{block.node ?? "no owner"}</span>
        </>
      }
      onClose={onClose}
    >
      <dl className="kv">
        <dt>In use</dt>
        <dd>
          {block.used} of {block.size}
        </dd>
        <dt>Node</dt>
        <dd>
          {block.node === undefined ? (
            <span className="warn">no node allocates from it</span>
          ) : (
            <Link className="link mono" href={`/nodes/${block.node}`}>
              {block.node}
            </Link>
          )}
        </dd>
      </dl>
      {block.size <= 256 && (
        <div className="blk" role="group" aria-label="Addresses">
          {cells.map((cell) => (
            <button
              key={cell.ordinal}
              type="button"
              className={`adr ${cell.owner === undefined && cell.handle === undefined ? "" : "use"} ${cell.borrower === undefined ? "" : "lent"} ${chosen === cell.ordinal ? "sel" : ""}`}
              title={`${cell.address} ${cell.owner ?? cell.handle ?? "free"}`}
              aria-label={`${cell.address} ${cell.owner ?? cell.handle ?? "free"}`}
              aria-pressed={chosen === cell.ordinal}
              onClick={() => setChosen(cell.ordinal)}
            >
              {cell.ordinal}
            </button>
          ))}
        </div>
      )}
      <div className="tw sect">
        <table className="flush">
          <thead>
            <tr>
              <th>Address</th>
              <th>Owner</th>
            </tr>
          </thead>
          <tbody>
            {(chosen === undefined ? taken : cells.filter((cell) => cell.ordinal === chosen)).map((cell) => {
              return (
                <tr key={cell.ordinal}>
                  <td className="mono">{cell.address}</td>
                  <td>
                    <Owner cell={cell} />
                    {cell.borrower !== undefined && (
                      <span className="muted">
                        {" "}
                        borrowed by <span className="mono">{cell.borrower}</span>
                      </span>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
        {chosen !== undefined && (
          <button type="button" className="link" onClick={() => setChosen(undefined)}>
            All {taken.length} in use
          </button>
        )}
      </div>
    </Panel>
  );
}

/** A workload's address leads to its endpoint; what else holds one has no page. */
function Owner({ cell: { address, owner, handle } }: { readonly cell: AddressCell }) {
  if (owner === undefined) return <span className={handle === undefined ? "muted" : "mono"}>{handle ?? "free"}</span>;
  if (!owner.includes("/")) return <span className="mono">{owner}</span>;
  return (
    <Link href={`/endpoints?q=${encodeURIComponent(address)}`}>
      <NameOf text={owner} />
    </Link>
  );
}
