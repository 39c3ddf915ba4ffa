import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createNetns, deleteNetns, NftWatch } from "../index.ts";

const netns = `pw-${process.pid}`;
let watch: NftWatch;

beforeEach(() => {
  createNetns(netns);
  watch = new NftWatch({ table: "calico", netns, ownPort: 0, onEvent: () => undefined });
});

afterEach(() => {
  watch.close();
  deleteNetns(netns);
});

const nft = (...command: string[]) => execFileSync("ip", ["netns", "exec", netns, "nft", ...command]);

test.each(["ip", "ip6"])("a change of the table in family %s counts", (family) => {
  nft("add", "table", family, "calico");
  expect(watch.take()).toBe(true);
  nft("add", "chain", family, "calico", "c");
  expect([watch.take(), watch.take()]).toEqual([true, false]);
});

test.each(["inet calico", "arp calico", "ip other"])("a change of the table %s does not", (table) => {
  nft("add", "table", ...table.split(" "));
  nft("add", "chain", ...table.split(" "), "c");
  expect(watch.take()).toBe(false);
});
