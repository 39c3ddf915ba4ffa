import { expect, test } from "vitest";
import { layoutSessions } from "./drawing.ts";
import { between, outside } from "./testdata/sessions.ts";
import type { Session } from "./view.ts";

const mesh = [between("node-1", "node-2"), between("node-1", "node-3", "down"), between("node-2", "node-3")];
const NODES = ["node-1", "node-2", "node-3"];

/** What stands where, in whole pixels. */
const drawn = (names: readonly string[], sessions: readonly Session[], width = 800) => {
  const { nodes, peers, wires, height, bundles, mesh: ring } = layoutSessions(names, sessions, width);
  const at = ({ name, x, y, up, total }: (typeof nodes)[number]) =>
    `${name} ${Math.round(x)},${Math.round(y)} ${up}/${total}`;
  const lines = wires.map(
    ({ from, to, session, alike, total }) => `${from.name}-${to.name} ${session.standing} ${alike}/${total}`,
  );
  return {
    height: Math.round(height),
    nodes: nodes.map(at),
    peers: peers.map(at),
    lines,
    bundles: bundles.length,
    ring,
  };
};

test("one node stands in the middle, two side by side, more around a ring from the top", () => {
  expect(drawn(["a"], [])).toEqual({
    height: 220,
    nodes: ["a 400,160 0/0"],
    peers: [],
    lines: [],
    bundles: 0,
    ring: undefined,
  });
  expect(drawn(["a", "b"], [between("a", "b")])).toMatchObject({
    height: 220,
    nodes: ["a 587,160 1/1", "b 213,160 1/1"],
    lines: ["a-b established 1/1"],
  });
  expect(drawn(NODES, mesh)).toMatchObject({
    height: 299,
    nodes: ["node-1 400,50 1/2", "node-2 586,239 2/2", "node-3 214,239 1/2"],
    lines: ["node-1-node-2 established 1/1", "node-1-node-3 down 1/1", "node-2-node-3 established 1/1"],
  });
});

test("what is between two nodes is one line that stands as its worst session does", () => {
  const six = (standing: "down" | "established") => between("a", "b", standing, { family: 6 });
  expect(drawn(["a", "b"], [between("a", "b"), six("down")])).toMatchObject({
    nodes: ["a 587,160 1/2", "b 213,160 1/2"],
    lines: ["a-b down 1/2"],
  });
  expect(drawn(["a", "b"], [between("a", "b"), six("established")]).lines).toEqual(["a-b established 2/2"]);
});

test("a large healthy mesh is one ring, what is broken stays a line of its own", () => {
  const names = Array.from({ length: 20 }, (_, index) => `node-${index}`);
  const all = names.flatMap((a, index) => names.slice(index + 1).map((b) => between(a, b)));
  const sessions = all.map((one) => (one.id === "node-0~node-1~mesh4" ? between("node-0", "node-1", "down") : one));
  expect(drawn(names, sessions, 900)).toMatchObject({
    ring: { up: 189, total: 190 },
    lines: ["node-0-node-1 down 1/1"],
  });
});

test("peers outside stand in a row above, and many healthy sessions of one are one line with their number", () => {
  expect(drawn(["a"], [outside("a", "192.0.2.1"), outside("a", "192.0.2.2", "down")])).toMatchObject({
    height: 340,
    nodes: ["a 400,280 1/2"],
    peers: ["192.0.2.1 267,50 1/1", "192.0.2.2 533,50 0/1"],
    lines: ["a-192.0.2.1 established 1/1", "a-192.0.2.2 down 1/1"],
  });
  const names = Array.from({ length: 13 }, (_, index) => `n${index}`);
  const many = names.map((name, index) => outside(name, "192.0.2.1", index === 0 ? "down" : "established"));
  const { wires, bundles } = layoutSessions(names, many, 900);
  expect(wires.map(({ from }) => from.name)).toEqual(["n0"]);
  expect(bundles.map(({ id, count, from, to }) => [id, count, from.x, to.name])).toEqual([
    ["192.0.2.1", 12, 450, "192.0.2.1"],
  ]);
  expect(drawn(names.slice(0, 12), many.slice(0, 12), 900)).toMatchObject({ bundles: 0, lines: { length: 12 } });
});

test("a node that nobody lists is drawn where a session needs it, and a session to nowhere is not", () => {
  expect(drawn([], [between("a", "b")])).toMatchObject({ nodes: ["a 400,160 1/1"], lines: [] });
});

test("the same sessions give the same picture", () => {
  expect(drawn(NODES.toReversed(), mesh)).toEqual(drawn(NODES, mesh));
});
