import type { BeatView } from "@percale/api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createHeard, type Heard, hearingAmong } from "./heard.ts";

const OPENED = { ms: 70, wallMs: 1_000_000 };
/** So many milliseconds after the page was opened. */
const at = (ms: number) => ({ ms: OPENED.ms + ms, wallMs: OPENED.wallMs + ms });
const beatOf = (more: Partial<BeatView> = {}): BeatView => ({
  t: "beat",
  storeMs: 100,
  attentionMs: 60_000,
  askingMs: 60_000,
  nodes: {},
  ...more,
});
const hearing = (heard: Heard, node: string) => {
  const { hearing: said, silent } = hearingAmong(heard.nodes(), node);
  return silent === undefined ? said : `${said} ${silent}`;
};

test("it is the present as long as beats come", () => {
  const heard = createHeard(OPENED);
  expect(heard.presence()).toEqual({ s: "waiting" });
  heard.beat(beatOf(), at(300));
  for (let ms = 1_300; ms < 9_000; ms += 1_000) heard.beat(beatOf(), at(ms));
  heard.look(at(11_199));
  expect(heard.presence()).toEqual({ s: "now" });
  heard.look(at(11_200)); // with what it knew of the database
  expect(heard.presence()).toEqual({ s: "past", atMs: at(8_200).wallMs, why: "server" });
  const past = heard.presence();
  heard.look(at(11_300));
  expect(heard.presence()).toBe(past);
  heard.beat(beatOf(), at(20_000));
  expect(heard.presence()).toEqual({ s: "now" });
});

test("a page that never hears anything is of when it was opened", () => {
  const heard = createHeard(OPENED);
  heard.look(at(2_999));
  expect(heard.presence()).toEqual({ s: "waiting" });
  heard.look(at(3_000));
  expect(heard.presence()).toEqual({ s: "past", atMs: OPENED.wallMs, why: "server" });
});

test("a database that hangs makes it the past of when that was heard, however many beats come", () => {
  const heard = createHeard(OPENED);
  heard.beat(beatOf({ storeMs: 1_900 }), at(10_000));
  heard.look(at(11_099));
  expect(heard.presence()).toEqual({ s: "now" });
  heard.look(at(11_100));
  const past = { s: "past", atMs: at(8_100).wallMs, why: "store" };
  expect(heard.presence()).toEqual(past);
  const first = heard.presence();
  heard.beat(beatOf({ storeMs: 3_012 }), at(11_100));
  expect(heard.presence()).toBe(first); // the same moment, counted anew
  heard.beat(beatOf({ storeMs: 40 }), at(12_000));
  expect(heard.presence()).toEqual({ s: "now" });
});

test("listened to anew after a while, nobody is blamed for the silence in between", () => {
  const heard = createHeard(OPENED);
  heard.beat(beatOf(), at(1_000));
  heard.reopen(at(60_000));
  expect(heard.presence()).toEqual({ s: "waiting" });
  heard.look(at(64_000));
  expect(heard.presence()).toMatchObject({ s: "past", why: "server" });
});

test("after its own pause the server blames nobody", () => {
  const heard = createHeard(OPENED);
  heard.beat(beatOf({ storeMs: 20_000, attentionMs: 200, askingMs: 200, nodes: { n1: 20_000, n2: 90 } }), at(500));
  expect(heard.presence()).toMatchObject({ s: "past", why: "server" });
  expect([hearing(heard, "n1"), hearing(heard, "n2")]).toEqual(["unknown 20 s", "heard"]);
});

test("nodes grow late by the page's own clock, and stay as they were said once no beat comes", () => {
  const heard = createHeard(OPENED);
  heard.beat(beatOf({ nodes: { n1: 500, n2: 8_000, n3: 130_000 } }), at(1_000));
  expect(["n1", "n2", "n3"].map((node) => hearing(heard, node))).toEqual(["heard", "late 8 s", "lost 2 min"]);
  heard.look(at(3_000));
  expect(hearing(heard, "n2")).toBe("late 10 s");
  heard.look(at(60_000));
  expect(["n1", "n2", "n3"].map((node) => hearing(heard, node))).toEqual(["heard", "late 10 s", "lost 2 min"]);
});

test("who was never heard is unknown until it was asked for long enough", () => {
  const heard = createHeard(OPENED);
  expect(hearing(heard, "n1")).toBe("unknown");
  heard.beat(beatOf({ askingMs: 14_900 }), at(0));
  expect(hearing(heard, "n1")).toBe("unknown");
  heard.look(at(100));
  expect(hearing(heard, "n1")).toBe("lost");
});

test("who is heard changes nothing for anybody who listens", () => {
  const heard = createHeard(OPENED);
  let told = 0;
  heard.subscribe(() => (told += 1));
  heard.beat(beatOf({ nodes: { n1: 500 } }), at(1_000));
  const nodes = heard.nodes();
  for (let ms = 2_000; ms < 9_000; ms += 1_000) heard.beat(beatOf({ nodes: { n1: ms % 900 } }), at(ms));
  expect([told, heard.nodes() === nodes]).toEqual([1, true]);
});

test("the last thirty beats are remembered, with how old each word was", () => {
  const heard = createHeard(OPENED);
  for (let beat = 0; beat < 33; beat++)
    heard.beat(
      beatOf({ storeMs: beat, nodes: { n1: 100 + beat, n2: 300 } }),
      at(beat * 1_000 + (beat === 32 ? 400 : 0)),
    );
  expect([heard.marks().length, heard.marks()[0]?.storeMs, heard.marks().at(-1)]).toEqual([
    30,
    3,
    { serverMs: 1_400, storeMs: 32, agents: { fromMs: 132, toMs: 300 } },
  ]);
});

test("nothing is the present, and nobody heard, of which the last word is three seconds old", () => {
  const ms = fc.nat(8_000);
  fc.assert(
    fc.property(ms, ms, ms, ms, (storeMs, nodeMs, listeningMs, passedMs) => {
      const heard = createHeard(OPENED);
      heard.beat(beatOf({ storeMs, attentionMs: listeningMs, askingMs: listeningMs, nodes: { n1: nodeMs } }), at(0));
      heard.look(at(passedMs));
      const isNow = passedMs < 3_000 && storeMs + passedMs < 3_000;
      expect(heard.presence().s === "now").toBe(isNow);
      if (isNow && hearing(heard, "n1") === "heard") expect(nodeMs + passedMs).toBeLessThan(3_000);
    }),
  );
});
