import { expect, test } from "vitest";
import { parseChoice, parseCount, parsePeriod, parsePort } from "./words.ts";

test.each(["0", "65536", "-1", "1e3", "0x50", "80.5", "http", "", "  80"])(
  "--port %j is refused with the range",
  (text) => {
    expect(() => parsePort(text)).toThrow(`--port must be 1 to 65535, got ${text}`);
  },
);

test("a port is a port", () => {
  expect([parsePort("1"), parsePort("65535")]).toStrictEqual([1, 65_535]);
});

test.each(["0", "-1", "1e3", "2.5", "many", "", " 7", "1000000000"])(
  "a count of %j is refused with the option, the range and what was got",
  (text) => {
    expect(() => parseCount("--limit", text)).toThrow(`--limit must be a whole number, 1 to 999999999, got ${text}`);
  },
);

test("a count is a count", () => {
  expect([parseCount("--limit", "1"), parseCount("--limit", "999999999")]).toStrictEqual([1, 999_999_999]);
});

test("a wrong choice lists the right ones and the nearest", () => {
  const choices = { tcp: "TCP", udp: "UDP", icmp: "ICMP" };
  expect(parseChoice("--proto", "TCP", choices)).toBe("TCP");
  expect(parseChoice("--proto", "icmp4", choices, { icmp4: "ICMP" })).toBe("ICMP");
  expect(() => parseChoice("--proto", "tpc", choices)).toThrow("--proto must be tcp, udp or icmp, got tpc");
  expect(() => parseChoice("--proto", "udpp", choices)).toThrow("got udpp; did you mean udp?");
  expect(() => parseChoice("--proto", "constructor", choices)).toThrow("got constructor");
});

test.each([
  ["250ms", 250],
  ["5s", 5_000],
  ["1m30s", 90_000],
  ["1.5h", 5_400_000],
])("a period of %s is %i milliseconds", (text, ms) => {
  expect(parsePeriod("--poll", text)).toBe(ms);
});

test.each(["", "5", "s", "0s", "5s ", "-5s", "5d", "1m, 30s"])("a period of %j is refused", (text) => {
  expect(() => parsePeriod("--poll", text)).toThrow(`--poll must be a time such as 5s or 1m30s, got ${text}`);
});
