import { expect, test } from "vitest";
import { newPool } from "./new-pool.ts";

const pool = (name: string, cidr?: string) => ({ metadata: { name }, spec: { cidr } });

test.each([
  { what: "the first", pools: [], wanted: { name: "pool-1", cidr: "10.245.0.0/16" } },
  {
    what: "one beside others, of either family or none yet",
    pools: [pool("pool-1", "10.245.64.0/20"), pool("pool-3", "fd00::/64"), pool("odd"), pool("wrong", "10.246")],
    wanted: { name: "pool-2", cidr: "10.246.0.0/16" },
  },
  { what: "one after the last", pools: [pool("a", "10.240.0.0/12")], wanted: { name: "pool-1", cidr: "10.0.0.0/16" } },
  { what: "one where nothing is left", pools: [pool("all", "10.0.0.0/8")], wanted: { name: "pool-1", cidr: "" } },
])("a new pool begins as no other is called or overlaps: $what", ({ pools, wanted }) => {
  expect(newPool(pools)).toEqual(wanted);
});
