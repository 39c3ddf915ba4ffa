import { expect, test } from "vitest";
import { PRESENT, type Tense, tenseOf } from "./tense.ts";

const THEN = tenseOf(Date.UTC(2026, 10, 30, 16, 45, 20));
const said = (tense: Tense) => tense.say(`All 3 nodes ${tense.verb("enforce", "enforced")} revision 62`);

test("what is heard is said in the present, what is not in the past, and of when", () => {
  expect([said(PRESENT), said(THEN)]).toEqual([
    "All 3 nodes enforce revision 62",
    "As of 16:45:20 UTC, all 3 nodes enforced revision 62",
  ]);
});

test.each([
  ["BGP was down", "BGP was down"],
  ["node-3 was late", "node-3 was late"],
  ["A node was late", "a node was late"],
  ["0 of 2 nodes", "0 of 2 nodes"],
])("inside the sentence %s begins as %s", (sentence, inside) => {
  expect(THEN.say(sentence)).toBe(`As of 16:45:20 UTC, ${inside}`);
});
