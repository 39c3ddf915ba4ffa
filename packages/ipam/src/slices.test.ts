import fc from "fast-check";
import { containsCidr, formatCidr, maskCidr, parseCidr } from "@percale/net";
import { expect, test } from "vitest";
import { slices } from "./slices.ts";

const pool = parseCidr("10.0.0.0/24");

/** Every slice in its order. */
function all(blockSize: number): string[] {
  const step = 2 ** (32 - blockSize);
  return Array.from({ length: 256 / step }, (_, i) => `10.0.0.${i * step}/${blockSize}`);
}

const hole = fc.record({ last: fc.nat({ max: 255 }), prefixLen: fc.integer({ min: 24, max: 32 }) });

test("an owner sees every slice that is not skipped, once, in a round from his start", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.integer({ min: 24, max: 30 }),
      fc.array(hole, { maxLength: 3 }),
      (owner, blockSize, holes) => {
        const skip = holes.map(({ last, prefixLen }) => maskCidr({ ...parseCidr(`10.0.0.${last}`), prefixLen }));
        const seen = [...slices({ pool, blockSize, owner, skip })].map(formatCidr);
        const left = all(blockSize).filter((text) => !skip.some((cidr) => containsCidr(cidr, parseCidr(text))));
        const start = Math.max(0, left.indexOf(seen[0] ?? ""));
        expect(seen).toEqual([...left.slice(start), ...left.slice(0, start)]);
      },
    ),
  );
});

test("a pool smaller than a block has no slice", () => {
  expect([...slices({ pool, blockSize: 23, owner: "host:a", skip: [] })]).toEqual([]);
});

test("owners of a large pool start more slices apart than any of them will need", () => {
  const wide = parseCidr("fd00::/64");
  const starts = Array.from({ length: 32 }, (_, i) => {
    const [first] = slices({ pool: wide, blockSize: 122, owner: `host:node-${i}`, skip: [] });
    return first!.value >> BigInt(128 - 122 + 32); // in steps of 2^32 slices
  });
  expect(new Set(starts).size).toBe(32);
});
