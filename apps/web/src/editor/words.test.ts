import { expect, test } from "vitest";
import { inWords } from "./words.ts";

test.each([
  ["blockSize", "Block size"],
  ["natOutgoing", "NAT outgoing"],
  ["nodeToNodeMeshEnabled", "Node to node mesh enabled"],
  ["asNumber", "AS number"],
  ["cidr", "CIDR"],
  ["ipipMode", "IPIP mode"],
])("%s reads %s", (field, words) => {
  expect(inWords(field)).toBe(words);
});
