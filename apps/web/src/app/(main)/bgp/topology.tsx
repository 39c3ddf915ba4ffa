"use client";
import { sayStanding, type Standing } from "@percale/bgp/standing";
import { curveBasis, line as d3line } from "d3-shape";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { layoutSessions, type Placed, type Wire } from "./drawing.ts";
import type { Session } from "./view.ts";

const BOX_H = 44;
const LETTER_PX = 7.2;
const MOST_LETTERS = 24;

/** As wide as the longest name wants, and as the picture has room for. */
function boxWidth(names: readonly string[], width: number): number {
  const longest = Math.max(...names.map((name) => Math.min(MOST_LETTERS, name.length)), 0);
  return Math.min(Math.max(112, longest * LETTER_PX + 28), width / 3);
}

/** Names differ at either end: what is too long loses its middle. */
function shorten(name: string, width: number): string {
  const room = Math.floor((width - 20) / LETTER_PX);
  if (name.length <= room) return name;
  const half = Math.floor((room - 1) / 2);
  return `${name.slice(0, room - 1 - half)}…${name.slice(name.length - half)}`;
}
const path = d3line<readonly [number, number]>(
  ([x]) => x,
  ([, y]) => y,
).curve(curveBasis);

/** Each kind of line, in the legend's words. */
const LINES: Readonly<Record<Standing, "up" | "connecting" | "down" | "half" | "unheard">> = {
  established: "up",
  connecting: "connecting",
  down: "down",
  oneSided: "down",
  halfConfigured: "half",
  unheard: "unheard",
};
const LEGEND = [
  ["up", "established"],
  ["connecting", "connecting"],
  ["down", "down or one-sided"],
  ["half", "half configured"],
  ["unheard", "not heard"],
] as const;

/** The picture of all sessions. Its layout is computed from names alone, so it never jumps when a state changes. */
export function Topology(props: {
  readonly nodes: readonly string[];
  readonly sessions: readonly Session[];
  /** What it shows, in a sentence. */
  readonly words: string;
  readonly selected: string | undefined;
  readonly onOpen: (id: string) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(880);
  // Before the first frame is painted: what is drawn for another width would jump.
  useLayoutEffect(() => {
    if (host.current === null) return undefined;
    const fit = (px: number) => setWidth(Math.max(320, Math.min(1100, Math.floor(px))));
    const { paddingLeft, paddingRight } = getComputedStyle(host.current);
    fit(host.current.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight));
    const observer = new ResizeObserver(([entry]) => fit(entry?.contentRect.width ?? 880));
    observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  const drawing = useMemo(
    () => layoutSessions(props.nodes, props.sessions, width),
    [props.nodes, props.sessions, width],
  );
  const box = boxWidth(
    [...drawing.peers, ...drawing.nodes].map(({ name }) => name),
    drawing.width,
  );
  const seen = new Set(props.sessions.map(({ standing }) => LINES[standing]));
  return (
    <div className="topw" ref={host}>
      <svg
        width={drawing.width}
        height={drawing.height}
        viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        role="img"
        aria-label={`${props.words} The table below holds the same.`}
      >
        {drawing.mesh !== undefined && (
          <g>
            <ellipse
              cx={drawing.mesh.cx}
              cy={drawing.mesh.cy}
              rx={drawing.mesh.rx}
              ry={drawing.mesh.ry}
              className="mesh-ring"
            />
            <text x={drawing.mesh.cx} y={drawing.mesh.cy} textAnchor="middle" className="mu">
              mesh: {drawing.mesh.up} of {drawing.mesh.total} sessions established
            </text>
          </g>
        )}
        {drawing.bundles.map((bundle) => (
          <path key={bundle.id} d={curve(bundle.from, bundle.to)} className="wire up" />
        ))}
        {drawing.wires.map((wire) => (
          <Line key={wire.id} wire={wire} isOn={wire.session.id === props.selected} onOpen={props.onOpen} />
        ))}
        {[...drawing.peers, ...drawing.nodes].map((placed) => (
          <Box key={placed.name} placed={placed} width={box} isPeer={drawing.peers.includes(placed)} />
        ))}
        {drawing.wires.map(
          (wire) =>
            wire.session.standing !== "established" && (
              <WireLabel key={wire.id} wire={wire} isShort={width < 500} onOpen={props.onOpen} />
            ),
        )}
      </svg>
      <div className="legend topo-legend">
        {LEGEND.filter(([line]) => seen.has(line)).map(([line, words]) => (
          <span key={line}>
            <i className={`ln ${line}`} /> {words}
          </span>
        ))}
      </div>
    </div>
  );
}

function Box(props: { readonly placed: Placed; readonly width: number; readonly isPeer: boolean }) {
  const { placed, width, isPeer } = props;
  const bad = placed.up < placed.total;
  return (
    <g transform={`translate(${placed.x - width / 2} ${placed.y - BOX_H / 2})`} className={bad ? "box bad" : "box"}>
      <title>{placed.name}</title>
      <rect width={width} height={BOX_H} rx={isPeer ? 6 : 22} />
      <text x={width / 2} y={18} textAnchor="middle" className="m">
        {shorten(placed.name, width)}
      </text>
      <text x={width / 2} y={34} textAnchor="middle" className={bad ? "warn-t" : "mu"}>
        {placed.total === 0 ? "no session" : `${placed.up} of ${placed.total}`}
      </text>
    </g>
  );
}

interface LineProps {
  readonly wire: Wire;
  readonly onOpen: (id: string) => void;
}

function Line({ wire: { session, from, to }, isOn, onOpen }: LineProps & { readonly isOn: boolean }) {
  const { localASNumber: own, asNumber } = session.ends[0]!; // a session has an end
  const isExternal = own !== undefined && own !== asNumber;
  return (
    <g className={`wire-g ${isOn ? "on" : ""}`} onClick={() => onOpen(session.id)}>
      <path d={curve(from, to)} className="wire-hit" />
      <path d={curve(from, to)} className={`wire ${LINES[session.standing]} ${isExternal ? "ebgp" : ""}`} />
    </g>
  );
}

function WireLabel({
  wire: { session, alike, total, from, to },
  isShort,
  onOpen,
}: LineProps & { readonly isShort: boolean }) {
  const [x, y] = middle(from, to);
  const { standing, family } = session;
  const words = sayStanding(standing);
  const text = total === 1 || isShort ? words : alike === total ? `${words}, all ${total}` : `${words}: IPv${family}`;
  const w = text.length * 6.6 + 14;
  return (
    <g
      transform={`translate(${x - w / 2} ${y - 10})`}
      className={`wire-label ${LINES[standing]}`}
      onClick={() => onOpen(session.id)}
    >
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
