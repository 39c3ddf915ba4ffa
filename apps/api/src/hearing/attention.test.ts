import { expect, test } from "vitest";
import { Attention } from "./attention.ts";

function setUp() {
  let nowMs = 50;
  const attention = new Attention(() => nowMs);
  const pass = (ms: number): void => void (nowMs += ms);
  const beat = (ms = 1_000): void => {
    pass(ms);
    attention.tick();
  };
  return { attention, pass, beat };
}

test("it lasts as long as no beat comes much too late", () => {
  const { attention, pass, beat } = setUp();
  beat();
  beat(2_000); // a busy machine
  pass(500);
  expect(attention.listeningMs).toBe(3_500);
});

test("a pause ends it, also before the beat after it comes", () => {
  const { attention, pass, beat } = setUp();
  beat();
  pass(2_001);
  expect(attention.listeningMs).toBe(0);
  attention.tick();
  pass(300);
  expect(attention.listeningMs).toBe(300);
});

test("it begins anew when it is told to", () => {
  const { attention, pass } = setUp();
  pass(900);
  attention.begin();
  pass(10);
  expect(attention.listeningMs).toBe(10);
});
