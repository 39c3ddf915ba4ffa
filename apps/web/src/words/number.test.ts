import { expect, test } from "vitest";
import { counted, formatBig, formatBytes, formatCount, formatShare } from "./number.ts";

test("counts are grouped by thousands", () => {
  expect(formatCount(999)).toBe("999");
  expect(formatCount(48_812)).toBe("48,812");
  expect(formatCount(1_234_567)).toBe("1,234,567");
});

test("a noun agrees with its number", () => {
  expect(counted(1, "node")).toBe("1 node");
  expect(counted(0, "node")).toBe("0 nodes");
  expect(counted(2, "policy", "policies")).toBe("2 policies");
});

test("sizes that nobody writes out become powers of two", () => {
  expect(formatBig(62_949n)).toBe("62,949");
  expect(formatBig(1n << 72n)).toBe("2⁷²");
  expect(formatBig((1n << 72n) + 1n)).toBe("> 2⁷²");
});

test("bytes are 1024-based", () => {
  expect(formatBytes(512)).toBe("512 B");
  expect(formatBytes(1536)).toBe("1.5 KiB");
  expect(formatBytes(130 * 1024 * 1024)).toBe("130 MiB");
});

test("a share is never rounded to nothing or to all", () => {
  expect(formatShare(0, 256)).toBe("0.0 %");
  expect(formatShare(1, 100_000)).toBe("< 0.1 %");
  expect(formatShare(99_999, 100_000)).toBe("99.9 %");
  expect(formatShare(1, 0)).toBe("–");
});
