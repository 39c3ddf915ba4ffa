"use client";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useUrlState } from "../../../parts/url-state.ts";
import { counted, formatBig } from "../../../words/number.ts";
import { addressMap, type MapCell, type PoolRow, stepOfUse } from "./view.ts";

/** Every block of a pool in address order; fill is use, outline is the owner under the pointer. */
export function AddressMap(props: {
  readonly pool: PoolRow;
  readonly selected: string | undefined;
  readonly onOpen: (cidr: string) => void;
}) {
  const { pool } = props;
  const url = useUrlState();
  const root = useRef<HTMLDivElement>(null);
  const parts = useMemo(() => addressMap(pool), [pool]);
  const [hovered, setHovered] = useState<string>();
  const owner = hovered ?? url.get("node") ?? undefined;
  const asList = url.get("view") === "list";
  const nodes = [...new Set(pool.blocks.flatMap((block) => block.node ?? []))].sort();
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const cells = [...(root.current?.querySelectorAll<HTMLElement>("button[data-block]") ?? [])];
    cells[cells.indexOf(event.target as HTMLElement) + step]?.focus();
  };
  const first = parts.flatMap((part) => (part.t === "gap" ? [] : part.cells)).find(({ block }) => block !== undefined);
  return (
    <section className="amap" aria-label={`Address map of ${pool.name}`}>
      <div className="rowb wrap amap-head">
        <h2 className="h2">Address map</h2>
        <span className="mono">{pool.name}</span>
        <span className="muted">
          {pool.cidr}, {formatBig(pool.blocksTotal)} blocks, in address order
        </span>
        <span className="seg right" role="group" aria-label="View">
          <button type="button" aria-pressed={!asList} onClick={() => url.set({ view: undefined })}>
            Map
          </button>
          <button type="button" aria-pressed={asList} onClick={() => url.set({ view: "list" })}>
            List
          </button>
        </span>
      </div>
      {asList ? (
        <BlockTable pool={pool} onOpen={props.onOpen} />
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the blocks inside
        <div ref={root} className="amap-rows" onKeyDown={onKey} onPointerLeave={() => setHovered(undefined)}>
          {parts.map((part, index) => {
            if (part.t === "gap") {
              return (
                // oxlint-disable-next-line react/no-array-index-key -- a gap is what its place says
                <div key={`gap${index}`} className="amap-gap">
                  {formatBig(part.blocks)} free {part.blocks === 1n ? "block" : "blocks"}
                </div>
              );
            }
            return (
              <div key={part.label} className="amap-row">
                <span className="mono muted">{part.label}</span>
                <div className="amap-cells">
                  {part.cells.map((cell) => {
                    return (
                      <BlockCell
                        key={cell.cidr}
                        cell={cell}
                        isFirst={cell === first}
                        isOwned={owner !== undefined && cell.block?.node === owner}
                        isSelected={cell.cidr === props.selected}
                        onOpen={props.onOpen}
                        onHover={setHovered}
                      />
                    );
                  })}
                </div>
              </div>
            );
          })}
        </div>
      )}
      <div className="legend">
        <span>
          <i className="lc" style={{ background: "linear-gradient(to top, var(--data-4) 60%, var(--data-1) 60%)" }} />{" "}
          claimed block, filled by share in use
        </span>
        <span>
          <i className="lc" style={{ background: "var(--data-0)" }} /> free
        </span>
        {pool.blocks.some((block) => block.node === undefined) && (
          <span>
            <i className="lc orphan" /> no owner
          </span>
        )}
        {nodes.slice(0, 8).map((node) => (
          <button
            key={node}
            type="button"
            className="link"
            aria-pressed={url.get("node") === node}
            onClick={() => url.set({ node: url.get("node") === node ? undefined : node })}
          >
            {node}: {counted(pool.blocks.filter((block) => block.node === node).length, "block")}
          </button>
        ))}
      </div>
    </section>
  );
}

function BlockCell(props: {
  readonly cell: MapCell;
  readonly isFirst: boolean;
  readonly isOwned: boolean;
  readonly isSelected: boolean;
  readonly onOpen: (cidr: string) => void;
  readonly onHover: (node: string | undefined) => void;
}) {
  const { cell } = props;
  const { block } = cell;
  if (block === undefined) return <i className="cell" title={`${cell.cidr} free`} />;
  const share = block.used / block.size;
  const words = `${cell.cidr}, ${block.node ?? "no owner"}, ${block.used} of ${block.size} in use`;
  const step = stepOfUse(share);
  return (
    <button
      type="button"
      data-block={cell.cidr}
      className={`cell taken ${block.node === undefined ? "orphan" : ""} ${props.isOwned ? "owned" : ""} ${props.isSelected ? "on" : ""}`}
      style={{
        background: `linear-gradient(to top, var(--data-${Math.max(3, step)}) ${Math.round(share * 100)}%, var(--data-1) ${Math.round(share * 100)}%)`,
      }}
      aria-label={words}
      title={words}
      tabIndex={props.isFirst || props.isSelected ? 0 : -1}
      onClick={() => props.onOpen(cell.cidr)}
      onPointerEnter={() => props.onHover(block.node)}
      onFocus={() => props.onHover(block.node)}
    />
  );
}

function BlockTable({ pool, onOpen }: { readonly pool: PoolRow; readonly onOpen: (cidr: string) => void }) {
  return (
    <div className="tw">
      <table className="flush">
        <thead>
          <tr>
            <th>Block</th>
            <th>Node</th>
            <th className="num">In use</th>
            <th className="num">Size</th>
          </tr>
        </thead>
        <tbody>
          {pool.blocks.map((block) => (
            <tr key={block.cidr}>
              <td>
                <button type="button" className="link-row mono" onClick={() => onOpen(block.cidr)}>
                  {block.cidr}
                </button>
              </td>
              <td className="mono">{block.node ?? "no owner"}</td>
              <td className="num">{block.used}</td>
              <td className="num">{block.size}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
