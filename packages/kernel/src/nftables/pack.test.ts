import { expect, test } from "vitest";
import type { NftRule } from "./model.ts";
import { identitiesOf, RulePacker } from "./pack.ts";

const rule = (port: number, comment: string): NftRule => ({
  comment,
  exprs: [
    { e: "payload", base: "transport", offset: 2, length: 2, reg: 8 },
    { e: "cmp", op: "eq", reg: 8, data: Uint8Array.of(port >>> 8, port & 255) },
    { e: "verdict", verdict: { v: "accept" } },
  ],
});

test("rules that differ in what they decide or in their comment differ, equal ones are equal wherever they are packed", () => {
  const packer = new RulePacker();
  const together = identitiesOf(packer.pack([rule(80, "a"), rule(443, "a"), rule(80, "b"), rule(80, "")]));
  expect(new Set(together).size).toBe(4);
  const alone = [rule(80, "a"), rule(443, "a"), rule(80, "b"), rule(80, "")].flatMap((one) =>
    identitiesOf(packer.pack([one])),
  );
  expect(alone).toEqual(together);
});

test("what is packed stays as it is when more follows, also more than one piece of memory holds", () => {
  const packer = new RulePacker();
  const first = packer.pack([rule(80, "first")]);
  const before = Buffer.from(first.bytes);
  const many = packer.pack(Array.from({ length: 5_000 }, (_, i) => rule(i, `rule ${i}`)));
  packer.pack([rule(81, "last")]);
  expect(first.bytes.equals(before)).toBe(true);
  expect(many.ends.length).toBe(5_000);
  expect(many.ends.at(-1)).toBe(many.bytes.length);
  expect(new Set(identitiesOf(many)).size).toBe(5_000);
  expect(identitiesOf(packer.pack([]))).toEqual([]);
});
