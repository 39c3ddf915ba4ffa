"use client";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { Icon } from "../../../parts/icon.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { useNarrow } from "../../../parts/narrow.ts";
import { formatBig } from "../../../words/number.ts";
import { addressMap, type MapCell } from "./map.ts";
import { type PoolRow, stepOfUse } from "./view.ts";

/** Every block of a pool in address order; fill is use, outline is the owner under the pointer. */
export function AddressMap(props: {
  readonly pool: PoolRow;
  readonly selected: string | undefined;
  readonly onOpen: (cidr: string) => void;
}) {
  const { pool } = props;
  const url = useUrlState();
  const root = useRef<HTMLDivElement>(null);
  const narrow = useNarrow();
  const perRow = narrow ? 16 : 64;
  const parts = useMemo(() => addressMap(pool, perRow), [pool, perRow]);
  const [hovered, setHovered] = useState<string>();
  const node = url.get("node") ?? undefined;
  const owner = hovered ?? node;
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
          {pool.blocks.length} of {formatBig(pool.blocksTotal)} claimed, in address order
        </span>
        {node !== undefined && (
          <span className="fchip right">
            <span className="k">node</span>
            <span className="v">{node}</span>
            <button
              type="button"
              aria-label={`Show all nodes, not ${node} alone`}
              onClick={() => url.set({ node: undefined })}
            >
              <Icon name="close" />
            </button>
          </span>
        )}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the blocks inside */}
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
            <div key={part.label} className={narrow ? "amap-row few" : "amap-row"}>
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
      <div className="legend">
        <span>
          <i className="lc taken" style={{ background: fillOf(0.6) }} /> claimed, filled by share in use
        </span>
        <span>
          <i className="lc" style={{ background: "var(--data-0)" }} /> free
        </span>
        {pool.blocks.some((block) => block.node === undefined) && (
          <span>
            <i className="lc orphan" /> no node has it
          </span>
        )}
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
  const words = `${cell.cidr}, ${block.node ?? "no node has it"}, ${block.used} of ${block.size} in use`;
  return (
    <button
      type="button"
      data-block={cell.cidr}
      className={`cell taken ${block.node === undefined ? "orphan" : ""} ${props.isOwned ? "owned" : ""} ${props.isSelected ? "on" : ""}`}
      style={{ background: fillOf(share) }}
      aria-label={words}
      title={words}
      tabIndex={props.isFirst || props.isSelected ? 0 : -1}
      onClick={() => props.onOpen(cell.cidr)}
      onPointerEnter={() => props.onHover(block.node)}
      onFocus={() => props.onHover(block.node)}
    />
  );
}

/** Fuller is more contrast; the ground of a claimed block is not that of a free one. */
function fillOf(share: number): string {
  const level = share === 0 ? "0%" : `max(2px, ${Math.round(share * 100)}%)`;
  return `linear-gradient(to top, var(--data-${Math.max(4, stepOfUse(share))}) ${level}, var(--data-1) ${level})`;
}
