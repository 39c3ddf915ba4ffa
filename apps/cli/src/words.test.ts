import { expect, test } from "vitest";
import { parseChoice, parsePort } from "./words.ts";

test.each(["0", "65536", "-1", "1e3", "0x50", "80.5", "http", "", "  80"])(
  "--port %j is refused with the range",
  (text) => {
    expect(() => parsePort(text)).toThrow(`--port must be 1 to 65535, got ${text}`);
  },
);

test("a port is a port", () => {
  expect([parsePort("1"), parsePort("65535")]).toStrictEqual([1, 65_535]);
});

test("a wrong choice lists the right ones and the nearest", () => {
  const choices = { tcp: "TCP", udp: "UDP", icmp: "ICMP" };
  expect(parseChoice("--proto", "TCP", choices)).toBe("TCP");
  expect(parseChoice("--proto", "icmp4", choices, { icmp4: "ICMP" })).toBe("ICMP");
  expect(() => parseChoice("--proto", "tpc", choices)).toThrow("--proto must be tcp, udp or icmp, got tpc");
  expect(() => parseChoice("--proto", "udpp", choices)).toThrow("got udpp; did you mean udp?");
  expect(() => parseChoice("--proto", "constructor", choices)).toThrow("got constructor");
});
