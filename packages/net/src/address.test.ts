import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addressBytes,
  addressFromBytes,
  containsCidr,
  formatAddress,
  formatCidr,
  isMasked,
  maskCidr,
  parseAddress,
  parseCidr,
  tryParseAddress,
  tryParseCidr,
} from "./index.ts";
import type { Cidr } from "./index.ts";

const address = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }).map((value) => ({ family: 4 as const, value })),
  fc
    .bigInt({ min: 0n, max: (1n << 128n) - 1n })
    .filter((value) => value >> 32n !== 0xffffn)
    .map((value) => ({ family: 6 as const, value })),
);
const cidr = fc.tuple(address, fc.nat(128)).map(([a, n]): Cidr => ({ ...a, prefixLen: a.family === 4 ? n % 33 : n }));

test("an address survives text and bytes", () => {
  fc.assert(
    fc.property(address, (a) => {
      expect(parseAddress(formatAddress(a))).toEqual(a);
      expect(addressFromBytes(addressBytes(a))).toEqual(a);
    }),
  );
});

test("a prefix survives text, and its masked form contains it", () => {
  fc.assert(
    fc.property(cidr, (c) => {
      expect(parseCidr(formatCidr(c))).toEqual(c);
      expect(isMasked(maskCidr(c))).toBe(true);
      expect(containsCidr(maskCidr(c), c)).toBe(true);
    }),
  );
});

test.each([
  ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["::", "::"],
  ["::1", "::1"],
  ["1::", "1::"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
  ["::ffff:10.0.0.1", "10.0.0.1"],
])("%s is written %s", (text, canonical) => {
  expect(formatAddress(parseAddress(text))).toBe(canonical);
});

test.each([
  "",
  "1.2.3",
  "1.2.3.4.",
  "01.2.3.4",
  "256.1.1.1",
  "1:2:3",
  ":::",
  "1::2::3",
  "12345::",
  "1:2:3:4:5:6:7:8:9",
])("%j is no address", (text) => {
  expect(tryParseAddress(text)).toBeUndefined();
});

test.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "::/129", "/8", "10.0.0.0/-1"])("%j is no CIDR", (text) => {
  expect(tryParseCidr(text)).toBeUndefined();
});
