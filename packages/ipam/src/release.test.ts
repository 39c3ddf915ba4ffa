import { expect, test } from "vitest";
import { autoAssign, releaseAddress, releaseHandle } from "./index.ts";
import type { IPAMBlock, ReleaseAddressRequest, ReleaseOutcome } from "./index.ts";
import { Books, pool, testHashes } from "./testdata/books.ts";

/** node-1 owns a block of each family and has two addresses of 10.0.0.0/30 and one of fd00::/126, for the handle h. */
function held(): Books {
  const pools = [
    pool("four", { cidr: "10.0.0.0/30", blockSize: 30 }),
    pool("six", { cidr: "fd00::/126", blockSize: 126 }),
  ];
  const store = new Books(pools, ["node-1", "node-2"]);
  const request = { node: "node-1", handle: "h", attributes: {}, use: "Workload", count4: 2, count6: 1 } as const;
  const outcome = autoAssign(store.read(), request, testHashes);
  if (outcome.kind !== "assigned") throw new Error(outcome.message);
  store.apply(outcome.changes);
  return store;
}

function applied(store: Books, outcome: ReleaseOutcome): readonly string[] | string {
  if (outcome.kind === "refused") return outcome.message;
  expect(store.apply(outcome.changes)).toBe(true);
  return outcome.addresses;
}

const give = (store: Books, request: ReleaseAddressRequest) =>
  applied(store, releaseAddress(store.read(), request, testHashes));
const giveAll = (store: Books) => applied(store, releaseHandle(store.read(), "h", testHashes));

const counts = (store: Books) => store.read().handles.map(({ spec }) => spec.block);
const names = (store: Books, kind: string) => Array.from(store.objects.list(kind), ({ metadata }) => metadata.name);
const blockOf = (store: Books) => store.objects.get({ kind: "IPAMBlock", name: "10-0-0-0-30" }) as IPAMBlock;
const sequenceNumber = (store: Books) => blockOf(store).spec.sequenceNumberForAllocation!["0"]!;

test("an address given back is counted no longer; the rest of its handle stays", () => {
  const store = held();
  expect(give(store, { address: "10.0.0.0", handle: "h", sequenceNumber: sequenceNumber(store) })).toEqual([
    "10.0.0.0",
  ]);
  expect(counts(store)).toEqual([{ "10.0.0.0/30": 1, "fd00::/126": 1 }]);
  expect(give(store, { address: "fd00:0::0" })).toEqual(["fd00::"]);
  expect(counts(store)).toEqual([{ "10.0.0.0/30": 1 }]);
  expect(give(store, { address: "10.0.0.1" })).toEqual(["10.0.0.1"]);
  expect([counts(store), names(store, "IPAMBlock")]).toEqual([[], ["10-0-0-0-30", "fd00---126"]]);
});

test.each<[request: ReleaseAddressRequest, outcome: readonly string[] | string]>([
  [{ address: "10.0.0.3" }, []],
  [{ address: "10.9.0.0" }, []],
  [{ address: "web" }, "must be an IP address, got web"],
  [{ address: "10.0.0.0", handle: "other" }, "10.0.0.0 belongs to handle h, not to other"],
  [{ address: "10.0.0.0", sequenceNumber: 1 }, "10.0.0.0 was given out again since: its sequence number is another"],
])("releasing %j changes nothing", (request, outcome) => {
  const store = held();
  const { blocks, handles } = store.read();
  expect(give(store, request)).toEqual(outcome);
  expect(store.read()).toMatchObject({ blocks, handles });
});

test("an allocation without a sequence number has the number 0", () => {
  const store = held();
  const { sequenceNumberForAllocation: _, ...spec } = blockOf(store).spec;
  store.put({ ...blockOf(store), spec });
  expect(give(store, { address: "10.0.0.0", sequenceNumber: 0 })).toEqual(["10.0.0.0"]);
});

test("a handle gives back all that blocks hold for it, counted or not", () => {
  const store = held();
  const [handle] = store.read().handles;
  store.put({ ...handle!, spec: { handleID: "h", block: { "10.0.0.0/30": 2, "10.9.0.0/30": 4 } } });
  expect(giveAll(store)).toEqual(["10.0.0.0", "10.0.0.1", "fd00::"]);
  expect([counts(store), giveAll(store)]).toEqual([[], []]);
});

const keptBlocks = ["10-0-0-0-30", "fd00---126"];
test.each<[what: string, edit: (store: Books) => void, left: readonly string[]]>([
  ["its owner's, who may need it again", () => undefined, keptBlocks],
  [
    "nobody's",
    (store) => {
      const { affinity: _, ...spec } = blockOf(store).spec;
      store.put({ ...blockOf(store), spec });
    },
    ["fd00---126"],
  ],
  [
    "of a node that its pool no longer selects",
    (store) => store.put(pool("four", { cidr: "10.0.0.0/30", blockSize: 30, nodeSelector: 'name == "node-2"' })),
    ["fd00---126"],
  ],
  [
    "no node's",
    (store) => store.put({ ...blockOf(store), spec: { ...blockOf(store).spec, affinity: "virtual:load" } }),
    keptBlocks,
  ],
])("an empty block that is %s stays or goes accordingly", (_, edit, left) => {
  const store = held();
  edit(store);
  giveAll(store);
  expect(names(store, "IPAMBlock")).toEqual(left);
});

test("a drifted block goes with its affinity, and not before it is empty", () => {
  const store = held();
  store.put(pool("four", { cidr: "10.0.0.0/30", blockSize: 30, nodeSelector: 'name == "node-2"' }));
  give(store, { address: "10.0.0.0" });
  expect(names(store, "BlockAffinity")).toEqual(["node-1-10-0-0-0-30", "node-1-fd00---126"]);
  give(store, { address: "10.0.0.1" });
  expect([names(store, "BlockAffinity"), names(store, "IPAMBlock")]).toEqual([["node-1-fd00---126"], ["fd00---126"]]);
});
