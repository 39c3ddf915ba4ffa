import { expect, test } from "vitest";
import { isOwnHost } from "./host-names.ts";

const here = { names: ["percale.example", "192.0.2.7"], localAddress: "::ffff:10.1.2.3" };

test.each([
  ["127.0.0.1:3000", true],
  ["127.9.9.9", true],
  ["[::1]:3000", true],
  ["localhost:3000", true],
  ["lab.localhost", true],
  ["10.1.2.3:3000", true],
  ["percale.example", true],
  ["PERCALE.example.:8443", true],
  ["192.0.2.7", true],
  ["evil.example", false],
  ["percale.example.evil.example", false],
  ["localhost.evil.example", false],
  ["10.9.9.9", false],
  ["percale.example@evil.example", false],
  ["evil.example#percale.example", false],
  ["", false],
  [undefined, false],
])("%s: %s", (host, expected) => {
  expect(isOwnHost(host, here)).toBe(expected);
});
