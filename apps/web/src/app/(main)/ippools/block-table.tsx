"use client";
import { useState } from "react";
import { formatShare } from "../../../words/number.ts";
import type { PoolRow } from "./view.ts";

const SHOWN = 50;

/** The map's twin: the claimed blocks of a pool, of one node alone where that is asked for. */
export function BlockTable({
  pool,
  node,
  selected,
  onOpen,
}: {
  readonly pool: PoolRow;
  readonly node: string | undefined;
  readonly selected: string | undefined;
  readonly onOpen: (cidr: string) => void;
}) {
  const [isWhole, setWhole] = useState(false);
  const blocks = pool.blocks.filter((block) => node === undefined || block.node === node);
  const shown = isWhole ? blocks : blocks.slice(0, SHOWN);
  return (
    <section aria-label="Claimed blocks">
      <div className="rowb wrap part-head">
        <h2 className="h2">Claimed blocks</h2>
        <span className="muted">
          of <span className="mono">{pool.name}</span>
          {node !== undefined && (
            <>
              {" "}
              that <span className="mono">{node}</span> has
            </>
          )}
        </span>
      </div>
      {blocks.length === 0 ? (
        <p className="muted">None: the first address that a node gives out claims a block.</p>
      ) : (
        <div className="tw">
          <table className="flush">
            <thead>
              <tr>
                <th>Block</th>
                <th>Node</th>
                <th className="num">In use</th>
                <th className="num hide-s">Share</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((block) => (
                <tr key={block.cidr} aria-selected={block.cidr === selected}>
                  <td>
                    <button type="button" className="link-row mono" onClick={() => onOpen(block.cidr)}>
                      {block.cidr}
                    </button>
                  </td>
                  <td className="mono">{block.node ?? <span className="warn">none</span>}</td>
                  <td className="num">
                    {block.used} of {block.size}
                  </td>
                  <td className="num hide-s">{formatShare(block.used, block.size)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown.length < blocks.length && (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          All {blocks.length} blocks
        </button>
      )}
    </section>
  );
}
