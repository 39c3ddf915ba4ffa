import { expect, test } from "vitest";
import { addressesIn, readPaste } from "./paste.ts";

test("a pasted text is read word by word, with what becomes of each and in which line it stands", () => {
  const text = `# Berlin, from netops
192.0.2.64/27, 192.0.2.96/27;198.51.100.7
198.51.100.300/24 # typed by hand

10.1.2.3/16 2001:DB8:41::/48`;
  expect(readPaste(text, ["10.0.0.0/8"]).map(({ line, text: word, is, says }) => [line, word, is, says])).toEqual([
    [2, "192.0.2.64/27", "new", "192.0.2.64/27"],
    [2, "192.0.2.96/27", "new", "192.0.2.96/27"],
    [2, "198.51.100.7", "new", "198.51.100.7"],
    [3, "198.51.100.300/24", "wrong", "octet 4 must be 0 to 255, got 300"],
    [5, "10.1.2.3/16", "known", "10.0.0.0/8"],
    [5, "2001:DB8:41::/48", "new", "2001:db8:41::/48"],
  ]);
});

test("host bits go, and of what is there twice the larger or the first stays", () => {
  expect(
    readPaste("192.0.2.7/24 192.0.2.9 192.0.2.0/24 203.0.113.5 203.0.113.5/32", []).map(({ is, says }) => [is, says]),
  ).toEqual([
    ["new", "192.0.2.0/24"],
    ["twice", "192.0.2.7/24"],
    ["twice", "192.0.2.0/24"],
    ["new", "203.0.113.5"],
    ["twice", "203.0.113.5/32"],
  ]);
});

test.each([
  ["10.0.0.0/33", "the prefix length must be 0 to 32, got 33"],
  ["10.0.0.0/", "the prefix length must be 0 to 32, got none"],
  ["fd00::/129", "the prefix length must be 0 to 128, got 129"],
  ["10.0.0.0/8/8", "must be an IP address, or a CIDR such as 192.0.2.0/24"],
  ["example.com", "must be an IP address, or a CIDR such as 192.0.2.0/24"],
])("%s is refused: %s", (word, fault) => {
  expect(readPaste(word, [])).toEqual([{ line: 1, text: word, is: "wrong", says: fault }]);
});

test("addresses are counted whatever their family; what is no net has none", () => {
  expect(addressesIn(["10.0.0.0/30", "192.0.2.1", "fd00::/64", "x"])).toBe(5n + 2n ** 64n);
});
