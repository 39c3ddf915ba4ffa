import { expect, test } from "vitest";
import { affinityName, blockName, hostOwner, ownerLabels } from "./names.ts";

const hashes = {
  sha256Hex: (text: string) => `${text.slice(-3)}0123456789abcdef`,
  sha3Base32: (text: string) => text.toUpperCase(),
};

test.each([
  ["10.0.0.0/26", "10-0-0-0-26"],
  ["fd00:1::40/122", "fd00-1--40-122"],
])("the block %s is called %s", (cidr, name) => {
  expect(blockName(cidr)).toBe(name);
});

test.each<[what: string, node: string, name: string]>([
  ["short", "node-1", "node-1-10-0-0-0-26"],
  ["as long as a name may be", "n".repeat(240), `${"n".repeat(240)}-10-0-0-0-26`],
  ["one letter longer", "n".repeat(241), `${"n".repeat(228)}-10-0-0-0-26--2601234567`],
])("an affinity of a node whose name is %s keeps its block in sight", (_, node, name) => {
  expect(affinityName(node, "10.0.0.0/26", hashes)).toBe(name);
});

test("an owner's affinities are found by his labels", () => {
  expect([hostOwner("node-1"), ownerLabels("node-1", 6, hashes)]).toEqual([
    "host:node-1",
    {
      "projectcalico.org/hostname-hash": "NODE-1",
      "projectcalico.org/affinity-type": "host",
      "projectcalico.org/ip-version": "6",
    },
  ]);
});
