import { expect, test } from "vitest";
import { isTooSlow } from "./pace.ts";

test.each([
  { name: "half a minute is given to everybody", heldMs: 30_000, bytes: 0, isSlow: false },
  { name: "who takes nothing has no more", heldMs: 30_001, bytes: 0, isSlow: true },
  { name: "each 8 KiB buy a second", heldMs: 40_000, bytes: 80 * 1024, isSlow: false },
  { name: "and not two", heldMs: 40_001, bytes: 80 * 1024, isSlow: true },
  {
    name: "a link of 64 kbit/s may read for as long as there is something",
    heldMs: 3_600_000,
    bytes: 30_000_000,
    isSlow: false,
  },
])("$name", ({ heldMs, bytes, isSlow }) => {
  expect(isTooSlow({ heldMs, bytes })).toBe(isSlow);
});
