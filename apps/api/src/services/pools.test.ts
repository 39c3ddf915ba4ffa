import { IPAMBlock } from "@percale/resources";
import { MemoryStore } from "@percale/store/memory";
import { expect, test } from "vitest";
import { blockView, poolUsage } from "./pools.ts";

type Spec = IPAMBlock["spec"];

const block = (cidr: string, spec: Partial<Spec> = {}): IPAMBlock =>
  ({
    apiVersion: "projectcalico.org/v3",
    kind: IPAMBlock.kind,
    metadata: { name: cidr.replaceAll(/[./:]/g, "-") },
    spec: { cidr, allocations: [null, 0, null, null], attributes: [{}], unallocated: [0, 2, 3], ...spec },
  }) as unknown as IPAMBlock; // the parts that are read

test.each<[attribute: Spec["attributes"][number], owner: object]>([
  [
    { handle_id: "h", secondary: { namespace: "shop", pod: "web" } },
    { owner: "shop/web", handle: "h" },
  ],
  [{ secondary: { pod: "web" } }, { owner: "/web" }],
  [
    { handle_id: "h", secondary: { type: "tunnel", node: "n1" } },
    { owner: "tunnel", handle: "h", borrower: "n1" },
  ],
  [
    { handle_id: "h", secondary: { node: "n1" } },
    { owner: "n1", handle: "h", borrower: "n1" },
  ],
  [{ handle_id: "h" }, { owner: "h", handle: "h" }],
  [{}, { owner: "unknown" }],
  [{ releasedAt: "2026-11-01T10:00:00Z" }, { owner: "nobody, cooling down" }],
])("an address of %j is shown as %j's", (attribute, owner) => {
  expect(blockView(block("10.0.0.0/30", { attributes: [attribute] }))).toEqual({
    cidr: "10.0.0.0/30",
    used: 1,
    size: 4,
    owners: [{ ordinal: 1, ...owner }],
  });
});

test("an address that another node has is borrowed, and its own node's is not", () => {
  const of = (node: string) =>
    blockView(block("10.0.0.0/30", { affinity: "host:n1", attributes: [{ secondary: { node } }] }));
  expect([of("n1"), of("n2")].map(({ owners }) => owners[0]?.borrower)).toEqual([undefined, "n2"]);
});

test.each([
  ["host:n1", { node: "n1" }],
  ["virtual:load-balancer", {}],
  [undefined, {}],
])("a block with the affinity %j is %j's", (affinity, node) => {
  const view = blockView(block("10.0.0.0/30", { affinity }));
  expect("node" in view ? { node: view.node } : {}).toEqual(node);
});

test("a pool is as full as the blocks inside it", async () => {
  const pool = (name: string, cidr: string) => ({
    apiVersion: "projectcalico.org/v3",
    kind: "IPPool",
    metadata: { name },
    spec: { cidr },
  });
  const [a, b, c] = ["10.0.0.0/30", "10.0.0.4/30", "10.1.0.0/30"].map((cidr) => block(cidr));
  const store = new MemoryStore();
  const objects = [pool("v4", "10.0.0.0/24"), pool("empty", "10.2.0.0/31"), a!, b!, c!];
  store.commit({ author: "alice", changes: objects.map((object) => ({ op: "create", object })) });
  expect(await poolUsage(store)).toEqual([
    { name: "empty", cidr: "10.2.0.0/31", size: 2, used: 0, blocks: [] },
    { name: "v4", cidr: "10.0.0.0/24", size: 256, used: 2, blocks: [blockView(a!), blockView(b!)] },
  ]);
});
