import { API_VERSION } from "@percale/resources";
import { expect, test } from "vitest";
import { autoAssign, ipamStateOf } from "./index.ts";
import { pool, testHashes } from "./testdata/books.ts";

test("what IPReservations name is given to nobody that has not asked for it; their host bits say nothing", () => {
  const node = { apiVersion: API_VERSION, kind: "Node", metadata: { name: "node-1" }, spec: {} };
  const reserved = (name: string, reservedCIDRs: readonly string[]) => ({
    apiVersion: API_VERSION,
    kind: "IPReservation",
    metadata: { name },
    spec: { reservedCIDRs },
  });
  const objects = [node, pool("pool", { cidr: "10.0.0.0/29", blockSize: 29 }), reserved("a", ["10.0.0.1/30"])];
  const request = { node: "node-1", handle: "h", attributes: {}, use: "Workload", count4: 1, count6: 0 } as const;
  const given = (more: readonly ReturnType<typeof reserved>[]): unknown => {
    const outcome = autoAssign(ipamStateOf([...objects, ...more], 0), request, testHashes);
    return outcome.kind === "assigned" ? outcome.addresses.map(({ address }) => address) : outcome.kind;
  };
  expect(given([])).toEqual(["10.0.0.4"]);
  expect(given([reserved("b", ["10.0.0.4", "fd00::/8"])])).toEqual(["10.0.0.5"]);
  expect(given([reserved("b", ["10.0.0.4/30"])])).toBe("exhausted");
});
