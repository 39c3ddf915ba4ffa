import type { NftBatch } from "@percale/kernel";
import { parseCidr } from "@percale/net";
import { expect, test } from "vitest";
import { elementKeys, writeElements } from "./elements.ts";
import type { ElementChange } from "./members.ts";

const NONE = { addedSingles: [], removedSingles: [], addedIntervals: [], removedIntervals: [] };
const change = (kind: ElementChange["kind"], family: 4 | 6, more: Partial<ElementChange>): ElementChange => ({
  set: "s:0",
  number: 0x01020304,
  kind,
  family,
  ...NONE,
  ...more,
});
const range = (first: string, last: string) => ({ first: parseCidr(first).value, last: parseCidr(last).value });

/** Writes elements down as a dump of the kernel's would list them. */
function recorder() {
  const written: { operation: string; set: string; key: string; keyEnd: string; lengths: number[] }[] = [];
  let bytes: number[] = [];
  const word = (value: number) => void bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
  const wordBe = (value: number) =>
    void bytes.push(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
  const take = (): string => {
    const hex = Buffer.from(bytes).toString("hex");
    bytes = [];
    return hex;
  };
  const batch = {
    writer: { word, wordBe, copy: (of: Uint8Array) => void bytes.push(...of) },
    element: (operation: string, set: string, length: number) =>
      void written.push({ operation, set, key: "", keyEnd: "", lengths: [length] }),
    elementKeyEnd: (length: number) => {
      written.at(-1)!.key = take();
      written.at(-1)!.lengths.push(length);
    },
    elementEnd: () => {
      const last = written.at(-1)!;
      if (last.key === "") last.key = take();
      else last.keyEnd = take();
    },
    numberedAddress: (operation: string, set: string, number: number, address: number) => {
      word(number);
      wordBe(address);
      written.push({ operation, set, key: take(), keyEnd: "", lengths: [8] });
    },
  };
  return { batch: batch as unknown as NftBatch, written }; // the part that elements are written with
}

const id = "04030201";
test.each<
  [what: string, change: ElementChange, keys: readonly (readonly [set: string, key: string, keyEnd: string])[]]
>([
  ["an IPv4 address", change("net", 4, { addedSingles: ["192.168.10.254/32"] }), [["cali-hosts", `${id}c0a80afe`, ""]]],
  [
    "an IPv6 address",
    change("net", 6, { addedSingles: ["fd00::1/128"] }),
    [["cali-hosts", `${id}fd000000000000000000000000000001`, ""]],
  ],
  [
    "a prefix",
    change("net", 4, { addedIntervals: [range("10.0.0.0", "10.0.0.255")] }),
    [["cali-nets", `${id}0a000000`, `${id}0a0000ff`]],
  ],
  [
    "an IPv6 prefix",
    change("net", 6, { addedIntervals: [range("fd00::", "fd00::ff")] }),
    [["cali-nets", `${id}fd000000000000000000000000000000`, `${id}fd0000000000000000000000000000ff`]],
  ],
  [
    "a named port",
    change("port", 4, { addedSingles: ["10.0.0.1/32,17,8443"] }),
    [["cali-named-ports", `${id}0a0000011100000020fb0000`, ""]],
  ],
  [
    "a named port of IPv6",
    change("port", 6, { addedSingles: ["fd00::1/128,6,80"] }),
    [["cali-named-ports", `${id}fd0000000000000000000000000000010600000000500000`, ""]],
  ],
  [
    "a range of ports",
    change("portRange", 4, { addedIntervals: [{ first: 80n, last: 8443n }] }),
    [["cali-ports", `${id}00500000`, `${id}20fb0000`]],
  ],
])("%s is written as the kernel lists it", (_, one, keys) => {
  const { batch, written } = recorder();
  writeElements(batch, "add", one);
  expect(written.map(({ operation, set, key, keyEnd }) => [operation, set, key, keyEnd])).toEqual(
    keys.map((key) => ["add", ...key]),
  );
  for (const { key, lengths } of written) for (const length of lengths) expect(length).toBe(key.length / 2);
  const hex = (text: string) => Buffer.from(text, "latin1").toString("hex");
  expect(elementKeys(one).map(({ set, key, keyEnd }) => [set, hex(key), hex(keyEnd)])).toEqual(keys);
});

test("what is removed is written as removed, and what is added not with it", () => {
  const one = change("net", 4, {
    addedSingles: ["10.0.0.1/32"],
    removedSingles: ["10.0.0.2/32"],
    addedIntervals: [range("10.1.0.0", "10.1.0.1")],
    removedIntervals: [range("10.2.0.0", "10.2.0.1")],
  });
  const { batch, written } = recorder();
  writeElements(batch, "delete", one);
  expect(written.map(({ operation, key }) => [operation, key])).toEqual([
    ["delete", `${id}0a000002`],
    ["delete", `${id}0a020000`],
  ]);
});
