import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatDuration,
  formatPort,
  hasPorts,
  parseAsNumber,
  parseDscp,
  parseDuration,
  parsePort,
  protocolName,
  protocolNumber,
} from "../index.ts";
import { formatNanoseconds, tryParseNanoseconds } from "./duration.ts";
import { isRegexp } from "./regexp.ts";

describe("durations", () => {
  test.each([
    ["90s", 90_000, "1m30s"],
    ["1m30s", 90_000, "1m30s"],
    ["500ms", 500, "500ms"],
    ["0", 0, "0s"],
    ["24h", 86_400_000, "24h0m0s"],
    ["1.5s", 1500, "1.5s"],
    [".5s", 500, "500ms"],
    ["1h1ns", 3_600_000.000001, "1h0m0.000000001s"],
    ["2us", 0.002, "2µs"],
    ["1500ns", 0.0015, "1.5µs"],
    ["-1m", -60_000, "-1m0s"],
  ])("%s is %d ms and stored as %s", (text, ms, canonical) => {
    expect(parseDuration(text)).toBeCloseTo(ms, 9);
    expect(formatDuration(parseDuration(text))).toBe(canonical);
  });

  test.each(["", "1", "s", "1d", "1s ", "1 s", "--1s", "1s-", ".s"])("%j is none", (text) => {
    expect(() => parseDuration(text)).toThrow("must be a duration");
  });

  test("the longest one that Go's 64 bits hold is kept to the nanosecond, a longer one is none", () => {
    const longest = "2562047h47m16.854775807s";
    expect(formatNanoseconds(tryParseNanoseconds(longest)!)).toBe(longest);
    const longer = ["2562047h47m16.854775808s", "106752d", "99999999999999h", `${"9".repeat(1_000_000)}h`];
    expect(longer.map(tryParseNanoseconds)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("what is below a nanosecond is cut off", () => {
    expect(formatNanoseconds(tryParseNanoseconds("1.0000000019s")!)).toBe("1.000000001s");
    expect(formatNanoseconds(tryParseNanoseconds("0.33333333333333333333h")!)).toBe("19m59.999999999s");
  });

  test("the canonical text says the same time", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 9e9 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms === 0 ? 0 : ms);
      }),
    );
  });
});

describe("ports", () => {
  test.each([
    [80, { kind: "range", min: 80, max: 80 }, 80],
    ["80", { kind: "range", min: 80, max: 80 }, 80],
    ["80:90", { kind: "range", min: 80, max: 90 }, "80:90"],
    ["http", { kind: "name", name: "http" }, "http"],
    ["8080-tcp", { kind: "name", name: "8080-tcp" }, "8080-tcp"],
  ])("%s", (text, parsed, stored) => {
    expect(parsePort(text)).toEqual(parsed);
    expect(formatPort(parsePort(text))).toBe(stored);
  });

  test.each(["90:80", "65536", "1:65536", "a b", "", "80:"])("%j is none", (text) => {
    expect(() => parsePort(text)).toThrow("must be");
  });
});

test("protocols have numbers, and some have ports", () => {
  expect(["ICMP", "TCP", "UDP", "ICMPv6", "SCTP", "UDPLite", 47, "GRE"].map(protocolNumber)).toEqual([
    1,
    6,
    17,
    58,
    132,
    136,
    47,
    undefined,
  ]);
  expect(["TCP", 17, "SCTP", "UDPLite", 1].map(hasPorts)).toEqual([true, true, true, false, false]);
  expect([6, 58, 47].map(protocolName)).toEqual(["TCP", "ICMPv6", "47"]);
});

test("DSCP names come in any case", () => {
  expect(["ef", "AF11", "Cs6", 63, "7", 64, "XX", -1, "DF"].map(parseDscp)).toEqual([
    46,
    10,
    48,
    63,
    7,
    undefined,
    undefined,
    undefined,
    0,
  ]);
});

test("a regular expression is what Go compiles, not what JavaScript does", () => {
  const sources = ["^(en|eth).*", "(?i)eth", "(?P<name>en)", "[[:alpha:]]+", "a(?=b)", "(?<!a)b", "(a)\\1", "(", "a**"];
  expect(sources.filter(isRegexp)).toEqual(["^(en|eth).*", "(?i)eth", "(?P<name>en)", "[[:alpha:]]+"]);
});

test("AS numbers come in three spellings", () => {
  const spellings = [64512, "64512", "1.10", 4294967295, 4294967296, "65536.0", "1.65536", "x", -1, 1.5];
  const expected = [64512, 64512, 65546, 4294967295, undefined, undefined, undefined, undefined, undefined, undefined];
  expect(spellings.map(parseAsNumber)).toEqual(expected);
});
