import { expect, test } from "vitest";
import { ChainNames } from "./names.ts";

const long = "x".repeat(230);
const clash = () => 7;

test("a key that makes a name has that one", () => {
  expect(new ChainNames(clash).nameOf("pi-", "NetworkPolicy/red/web.1")).toBe("pi-NetworkPolicy/red/web.1");
});

test("keys that differ where a name has no room or no letter for it have names of their own, even if their hashes are one", () => {
  const names = new ChainNames(clash);
  const keys = [`${long}a`, `${long}b`, "a:b", "a_b", "a b", "-a_b_00000007"];
  const given = keys.map((key) => names.nameOf("pi-", key));
  expect(new Set(given).size).toBe(keys.length);
  expect(given.every((name) => name.length < 255 && /^[A-Za-z0-9/_.-]+$/.test(name))).toBe(true);
  expect(keys.map((key) => names.nameOf("pi-", key))).toEqual(given);
});

test("a name is free again when its key is gone", () => {
  const names = new ChainNames(clash);
  const first = names.nameOf("pi-", `${long}a`);
  expect(names.nameOf("pi-", `${long}b`)).not.toBe(first);
  names.release(first);
  expect(names.nameOf("pi-", `${long}c`)).toBe(first);
});

test("the next run gives the names of this one, in whatever order it comes to the keys", () => {
  const names = new ChainNames(clash);
  const chains = ["a", "b"].map((end) => {
    const name = names.nameOf("pi-", long + end);
    return { name, comment: names.commentOf(name) };
  });
  const next = new ChainNames(clash);
  next.adopt(chains);
  expect(next.nameOf("pi-", `${long}b`)).toBe(chains[1]!.name);
  expect(next.nameOf("pi-", `${long}a`)).toBe(chains[0]!.name);
});
