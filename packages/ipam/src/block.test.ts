import fc from "fast-check";
import { containsCidr, formatCidr, maskCidr, parseCidr } from "@percale/net";
import type { Cidr } from "@percale/net";
import { API_VERSION } from "@percale/resources";
import { expect, test } from "vitest";
import { blockFaults } from "./audit.ts";
import {
  addressAt,
  allocate,
  closedBlock,
  handleAt,
  isEmpty,
  newBlock,
  ordinalOf,
  ordinalsOf,
  release,
  reservedIn,
  take,
  thaw,
} from "./block.ts";
import type { IPAMBlockSpec } from "./index.ts";

const NOW = Date.UTC(2026, 0, 1);
const owner = (handle: string) => ({ handle, attributes: { node: "node-1" } });
const empty = (): IPAMBlockSpec => newBlock(parseCidr("10.0.0.0/30"), "host:node-1", NOW);
const at = (nowMs: number, cooldownSeconds: number) => ({ nowMs, cooldownSeconds });

test("a new block is free from its first address to its last", () => {
  expect(empty()).toEqual({
    cidr: "10.0.0.0/30",
    affinity: "host:node-1",
    affinityClaimTime: "2026-01-01T00:00:00.000Z",
    allocations: [null, null, null, null],
    unallocated: [0, 1, 2, 3],
    attributes: [],
    sequenceNumber: NOW * 1000,
    sequenceNumberForAllocation: {},
    strictAffinity: false,
  });
});

test("a block made again numbers on from what may have been used", () => {
  expect(newBlock(parseCidr("10.0.0.0/30"), "host:node-1", NOW, NOW * 2000).sequenceNumber).toBe(NOW * 2000 + 1);
});

test.each([
  ["10.0.0.64/26", "10.0.0.77", 13],
  ["fd00::40/122", "fd00::7f", 63],
])("%s has %s at a place and back", (cidr, address, ordinal) => {
  const block = newBlock(parseCidr(cidr), "host:node-1", NOW);
  expect([ordinalOf(block, parseCidr(address)), addressAt(block, ordinal)]).toEqual([ordinal, address]);
});

test("addresses are taken from the head of the queue; reserved ones keep their place in it", () => {
  const { block, ordinals } = take(empty(), { count: 2, owner: owner("h"), isReserved: (ordinal) => ordinal === 1 });
  expect(ordinals).toEqual([0, 2]);
  expect(block).toEqual({
    ...empty(),
    allocations: [0, null, 0, null],
    unallocated: [1, 3],
    attributes: [{ handle_id: "h", secondary: { node: "node-1" } }],
    sequenceNumberForAllocation: { "0": NOW * 1000, "2": NOW * 1000 },
  });
});

test("a block with nothing to give stays the same object", () => {
  const block = empty();
  expect(take(block, { count: 1, owner: owner("h"), isReserved: () => true })).toEqual({ block, ordinals: [] });
});

test("addresses of one owner share what is recorded of him, and those of others don't", () => {
  const block = allocate(allocate(allocate(empty(), [0], owner("a")), [1], owner("b")), [2], owner("a"));
  expect([block.allocations, block.attributes.map(({ handle_id }) => handle_id)]).toEqual([
    [0, 1, 0, null],
    ["a", "b"],
  ]);
  expect([ordinalsOf(block, "a"), ordinalsOf(block, "b"), ordinalsOf(block, "c")]).toEqual([[0, 2], [1], []]);
});

test("a released address goes to the end of the queue, and its owner is forgotten", () => {
  const block = allocate(allocate(empty(), [0], owner("a")), [1], owner("b"));
  expect(release(block, [0], at(NOW, 0))).toEqual({
    ...empty(),
    allocations: [null, 0, null, null],
    unallocated: [2, 3, 0],
    attributes: [{ handle_id: "b", secondary: { node: "node-1" } }],
    sequenceNumberForAllocation: { "1": NOW * 1000 },
  });
});

test("an address that cools down is nobody's and not free, until its time is over", () => {
  const later = { ...allocate(empty(), [0, 1], owner("a")), sequenceNumber: NOW * 1000 + 7 };
  const cooling = release(later, [1], at(NOW, 30));
  expect(cooling).toEqual({
    ...later,
    allocations: [0, 1, null, null],
    attributes: [...later.attributes, { releasedAt: "2026-01-01T00:00:00.000Z" }],
    sequenceNumberForAllocation: { "0": NOW * 1000, "1": NOW * 1000 + 7 },
  });
  expect([handleAt(cooling, 0), handleAt(cooling, 1), isEmpty(cooling)]).toEqual(["a", undefined, false]);
  expect(thaw(cooling, NOW + 29_999, 30)).toBe(cooling);
  expect(thaw(cooling, NOW + 30_000, 30)).toEqual(release(later, [1], at(NOW, 0)));
});

test("a handle ends at a carriage return; what is free or beyond the block has none", () => {
  const block = { ...allocate(empty(), [0], owner("h\rjunk")), attributes: [{ handle_id: "h\rjunk" }] };
  expect([0, 1, 9].map((ordinal) => handleAt(block, ordinal))).toEqual(["h", undefined, undefined]);
});

test.each([{ affinity: "host:node-1" }, {}])(
  "of a closed block %j no address is free and none is anybody's",
  (affine) => {
    const { affinity: _, ...spec } = allocate(empty(), [0], owner("a"));
    const object = { apiVersion: API_VERSION, kind: "IPAMBlock", metadata: { name: "10-0-0-0-30" } };
    const closed = closedBlock({ ...object, spec: { ...spec, ...affine } });
    expect(closed).toEqual({
      ...object,
      spec: {
        cidr: "10.0.0.0/30",
        ...affine,
        allocations: [0],
        unallocated: [],
        attributes: [{}],
        sequenceNumber: 0,
        strictAffinity: false,
      },
    });
    expect([isEmpty(closed.spec), handleAt(closed.spec, 0)]).toEqual([false, undefined]);
  },
);

/** Around 10.0.0.64/28: inside, around, beside and of the other family. */
const prefix = fc.oneof(
  fc
    .record({ last: fc.integer({ min: 48, max: 96 }), prefixLen: fc.integer({ min: 24, max: 32 }) })
    .map(({ last, prefixLen }): Cidr => maskCidr({ ...parseCidr(`10.0.0.${last}`), prefixLen })),
  fc.constant(parseCidr("::/0")),
);

test("an address is reserved exactly if one of the prefixes contains it", () => {
  const block = parseCidr("10.0.0.64/28");
  fc.assert(
    fc.property(fc.array(prefix, { maxLength: 4 }), (reservations) => {
      const isReserved = reservedIn(block, reservations);
      for (let ordinal = 0; ordinal < 16; ordinal++) {
        const address: Cidr = { ...block, value: block.value + BigInt(ordinal), prefixLen: 32 };
        const expected = reservations.some((cidr) => cidr.family === 4 && containsCidr(cidr, address));
        expect(isReserved(ordinal), formatCidr(address)).toBe(expected);
      }
    }),
  );
});

const step = fc.record({
  handle: fc.constantFrom("a", "b", "c"),
  count: fc.integer({ min: 0, max: 3 }),
  cooldownSeconds: fc.constantFrom(0, 30),
  passMs: fc.constantFrom(0, 10_000, 40_000),
});

test("whatever is taken and given back, a block stays whole", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let block = newBlock(parseCidr("10.0.0.0/29"), "host:node-1", NOW);
      let nowMs = NOW;
      for (const { handle, count, cooldownSeconds, passMs } of steps) {
        nowMs += passMs;
        block = thaw(block, nowMs, 30);
        const held = ordinalsOf(block, handle);
        block =
          held.length > 0
            ? release(block, held, at(nowMs, cooldownSeconds))
            : take(block, { count, owner: owner(handle), isReserved: () => false }).block;
        expect(blockFaults(block)).toEqual([]);
      }
    }),
  );
});
