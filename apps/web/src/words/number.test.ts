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

test.each([
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [10 * 1024, "10 KiB"],
  [1024 ** 2, "1.0 MiB"],
  [1024 ** 4, "1.0 TiB"],
  [5000 * 1024 ** 4, "5000 TiB"],
  [12.4, "12 B"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [1, 1000, "0.1 %"],
  [999, 1000, "99.9 %"],
  [1, 1, "100.0 %"],
  [9995, 10_000, "99.9 %"],
  [84, 100, "84.0 %"],
])("%d of %d is %s", (part, whole, text) => {
  expect(formatShare(part, whole)).toBe(text);
});

test("what a page can write out is written out", () => {
  expect([formatBig(9_999_999n), formatBig(10_000_000n), formatBig(1n << 24n)]).toEqual(["9,999,999", "> 2²³", "2²⁴"]);
  expect([formatCount(12.9), formatCount(-1234)]).toEqual(["12", "-1,234"]);
});
