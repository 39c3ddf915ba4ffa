import { countSessions, STANDINGS } from "@percale/bgp/standing";
import { compareNames } from "../nodes/view.ts";
import { partiesOf, type Session, touches } from "./view.ts";

export interface Placed {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly up: number;
  readonly total: number;
}

/** What is between two parties: one line, whatever the number of its sessions. */
export interface Wire {
  readonly id: string;
  /** Of its sessions the worst. */
  readonly session: Session;
  /** How many of them stand as badly. */
  readonly alike: number;
  readonly total: number;
  readonly from: Placed;
  readonly to: Placed;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly Placed[];
  readonly peers: readonly Placed[];
  /** Single lines: what is not established, and of the others as many as can be told apart. */
  readonly wires: readonly Wire[];
  /** Healthy sessions with one peer, as one line with their number. */
  readonly bundles: readonly {
    readonly id: string;
    readonly count: number;
    readonly from: Placed;
    readonly to: Placed;
  }[];
  readonly mesh:
    | {
        readonly up: number;
        readonly total: number;
        readonly cx: number;
        readonly cy: number;
        readonly rx: number;
        readonly ry: number;
      }
    | undefined;
}

const MAX_SINGLE = 12;

/**
 * Peers outside on top, nodes below around a ring. A mesh of more than a handful is one ring; what is broken is always drawn alone.
 * Deterministic: the same sessions give the same picture.
 */
export function layoutSessions(nodeNames: readonly string[], sessions: readonly Session[], width: number): Drawing {
  const names = [...new Set([...nodeNames, ...sessions.map((session) => partiesOf(session)[0])])].sort(compareNames);
  const inside = sessions.filter(({ peer }) => peer.node !== undefined);
  const outside = [
    ...new Set(sessions.filter(({ peer }) => peer.node === undefined).map(({ peer }) => peer.address)),
  ].sort(compareNames);
  const place = (name: string, x: number, y: number): Placed => {
    const { established, total } = countSessions(
      sessions.filter((session) => touches(session, name) || partiesOf(session)[1] === name),
    );
    return { name, x, y, up: established, total };
  };

  const top = outside.length === 0 ? 0 : 120;
  const radius = Math.max(110, Math.min(width / 2 - 110, 60 + names.length * 22, 230));
  const wide = Math.max(radius, Math.min(width / 2 - 64, radius * 1.7)); // the words on a line need room between boxes
  const centre = { x: width / 2, y: top + radius + 50 };
  // Around from the top; two nodes stand side by side rather than above each other.
  const turn = names.length === 2 ? Math.PI / 2 : 0;
  const nodes = names.map((name, index) => {
    const angle = (index / Math.max(1, names.length)) * 2 * Math.PI - Math.PI / 2 + turn;
    return names.length === 1
      ? place(name, centre.x, centre.y)
      : place(name, centre.x + wide * Math.cos(angle), centre.y + radius * Math.sin(angle));
  });
  const peers = outside.map((name, index) => place(name, ((index + 1) / (outside.length + 1)) * width, 50));
  const at = new Map([...nodes, ...peers].map((placed) => [placed.name, placed]));

  const all = [...Map.groupBy(sessions, (session) => partiesOf(session).join("~"))].flatMap(([id, between]) => {
    const [from, to] = partiesOf(between[0]!).map((name) => at.get(name)); // groups are never empty
    return from === undefined || to === undefined ? [] : [wireOf(id, between, { from, to })];
  });
  const isInside = ({ session }: Wire): boolean => session.peer.node !== undefined;
  const insideCount = all.filter(isInside).length;
  const isAlone = (wire: Wire): boolean =>
    wire.session.standing !== "established" || (isInside(wire) ? insideCount : all.length - insideCount) <= MAX_SINGLE;
  const edge = place("", centre.x, centre.y - radius);
  return {
    width,
    height: centre.y + (names.length > 2 ? radius * Math.cos(Math.PI / names.length) : 0) + 60,
    nodes,
    peers,
    wires: all.filter(isAlone),
    bundles: [
      ...Map.groupBy(
        all.filter((wire) => !isInside(wire) && !isAlone(wire)),
        ({ to }) => to,
      ),
    ].map(([to, wires]) => ({
      id: to.name,
      count: wires.reduce((sum, { total }) => sum + total, 0),
      from: edge,
      to,
    })),
    mesh:
      insideCount > MAX_SINGLE
        ? {
            up: countSessions(inside).established,
            total: inside.length,
            cx: centre.x,
            cy: centre.y,
            rx: wide,
            ry: radius,
          }
        : undefined,
  };
}

function wireOf(id: string, between: readonly Session[], ends: Pick<Wire, "from" | "to">): Wire {
  const worst = STANDINGS.find((standing) => between.some((session) => session.standing === standing));
  const alike = between.filter(({ standing }) => standing === worst);
  return { id, session: alike[0]!, alike: alike.length, total: between.length, ...ends }; // some session stands worst
}
