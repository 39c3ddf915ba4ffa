"use client";
import { curveBasis, line as d3line } from "d3-shape";
import { useEffect, useMemo, useRef, useState } from "react";
import type { NodeReport } from "../nodes/view.ts";
import { healthOf, layoutSessions, type Placed, type Session, sessionsVerdict } from "./view.ts";

const BOX = { w: 112, h: 44 };
const path = d3line<readonly [number, number]>(
  ([x]) => x,
  ([, y]) => y,
).curve(curveBasis);

/** The picture of all sessions. Its layout is computed from names alone, so it never jumps when a state changes. */
export function Topology(props: {
  readonly reports: readonly NodeReport[];
  readonly sessions: readonly Session[];
  readonly selected: string | undefined;
  readonly onOpen: (id: string) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(880);
  useEffect(() => {
    if (host.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.max(360, Math.min(1100, Math.floor(entry?.contentRect.width ?? 880)))),
    );
    observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  const drawing = useMemo(
    () => layoutSessions(props.reports, props.sessions, width),
    [props.reports, props.sessions, width],
  );
  const verdict = sessionsVerdict(props.sessions);
  return (
    <div className="topw" ref={host}>
      <svg
        width={drawing.width}
        height={drawing.height}
        viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        role="img"
        aria-label={`${verdict.lead} ${verdict.rest} The table below holds the same.`}
      >
        {drawing.mesh !== undefined && (
          <g>
            <circle cx={drawing.mesh.cx} cy={drawing.mesh.cy} r={drawing.mesh.r} className="mesh-ring" />
            <text x={drawing.mesh.cx} y={drawing.mesh.cy} textAnchor="middle" className="mu">
              mesh: {drawing.mesh.up} of {drawing.mesh.total} sessions up
            </text>
          </g>
        )}
        {drawing.bundles.map((bundle) => (
          <path key={bundle.id} d={curve(bundle.from, bundle.to)} className="wire up" />
        ))}
        {drawing.lines.map(({ session, from, to }) => (
          <g
            key={session.id}
            className={`wire-g ${session.id === props.selected ? "on" : ""}`}
            onClick={() => props.onOpen(session.id)}
          >
            <path d={curve(from, to)} className="wire-hit" />
            <path
              d={curve(from, to)}
              className={`wire ${healthOf(session.state)} ${session.kind === "NodeMesh" ? "" : "ebgp"}`}
            />
            {session.state !== "Established" && (
              <WireLabel from={from} to={to} text={session.state} health={healthOf(session.state)} />
            )}
          </g>
        ))}
        {[...drawing.peers, ...drawing.nodes].map((placed) => (
          <Box key={placed.name} placed={placed} isPeer={drawing.peers.includes(placed)} />
        ))}
      </svg>
      <div className="legend topo-legend">
        <span>
          <i className="ln up" /> established
        </span>
        <span>
          <i className="ln connecting" /> connecting
        </span>
        <span>
          <i className="ln down" /> down
        </span>
        <span>
          <i className="ln half" /> half configured
        </span>
      </div>
    </div>
  );
}

function Box({ placed, isPeer }: { readonly placed: Placed; readonly isPeer: boolean }) {
  const bad = placed.up < placed.total;
  return (
    <g transform={`translate(${placed.x - BOX.w / 2} ${placed.y - BOX.h / 2})`} className={bad ? "box bad" : "box"}>
      <rect width={BOX.w} height={BOX.h} rx={isPeer ? 6 : 22} />
      <text x={BOX.w / 2} y={18} textAnchor="middle" className="m">
        {placed.name}
      </text>
      <text x={BOX.w / 2} y={34} textAnchor="middle" className={bad ? "warn-t" : "mu"}>
        {placed.up} of {placed.total}
      </text>
    </g>
  );
}

function WireLabel({
  from,
  to,
  text,
  health,
}: {
  readonly from: Placed;
  readonly to: Placed;
  readonly text: string;
  readonly health: string;
}) {
  const [x, y] = middle(from, to);
  const w = text.length * 6.6 + 14;
  return (
    <g transform={`translate(${x - w / 2} ${y - 10})`} className={`wire-label ${health}`}>
      <rect width={w} height={20} rx={4} />
      <text x={w / 2} y={14} textAnchor="middle">
        {text}
      </text>
    </g>
  );
}

/** Lines bend towards the middle of the picture, so that neighbours on the ring do not hide behind each other. */
function curve(from: Placed, to: Placed): string {
  return path([[from.x, from.y], middle(from, to), [to.x, to.y]]) ?? "";
}

function middle(from: Placed, to: Placed): readonly [number, number] {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const bend = Math.min(36, Math.hypot(dx, dy) * 0.08);
  const length = Math.hypot(dx, dy) || 1;
  return [(from.x + to.x) / 2 - (dy / length) * bend, (from.y + to.y) / 2 + (dx / length) * bend];
}
