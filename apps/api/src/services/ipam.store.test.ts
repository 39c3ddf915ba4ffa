import { afterAll, beforeAll, expect, test } from "vitest";
import type { Datastore } from "@percale/store";
import { startAnyApi } from "../testdata/any-store-api.ts";
import type { Answer, TestApi } from "../testdata/test-api.ts";
import { ipamServices } from "./ipam.ts";

const CALICO = "/apis/projectcalico.org/v3";
let server: TestApi;
beforeAll(async () => {
  server = await startAnyApi();
});
afterAll(() => server.stop());

function create(plural: string, kind: string, name: string, spec: object, namespace?: string): Promise<Answer> {
  const scope = namespace === undefined ? "" : `/namespaces/${namespace}`;
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  const body = { apiVersion: "projectcalico.org/v3", kind, metadata, spec };
  return server.call(`${CALICO}${scope}/${plural}`, { method: "POST", body });
}

const codeOf = async (path: string): Promise<number> => (await server.call(`${CALICO}/${path}`)).code;
const release = (address: string, force = false): Promise<Answer> =>
  server.call("/trpc/ipam.release", { method: "POST", body: { address, force } });

/** A pool of four addresses in one block of node n1, the first of them given to a handle. */
async function poolInUse(name: string, net: string): Promise<string> {
  const block = `${net}-30`.replaceAll(".", "-");
  const cidr = `${net}/30`;
  await create("ippools", "IPPool", name, { cidr, blockSize: 30 });
  await create("blockaffinities", "BlockAffinity", `n1-${block}`, {
    state: "confirmed",
    node: "n1",
    type: "host",
    cidr,
  });
  await create("ipamhandles", "IPAMHandle", `h-${name}`, { handleID: `h-${name}`, block: { [cidr]: 1 } });
  const { code } = await create("ipamblocks", "IPAMBlock", block, {
    cidr,
    affinity: "host:n1",
    allocations: [0, null, null, null],
    unallocated: [1, 2, 3],
    attributes: [{ handle_id: `h-${name}`, secondary: { node: "n1" } }],
    sequenceNumberForAllocation: { 0: 0 },
  });
  expect(code).toBe(201);
  return block;
}

test("a pool in use goes with the address that is released last, and leaves nothing behind", async () => {
  const block = await poolInUse("leaving", "10.1.0.0");
  const deleted = await server.call(`${CALICO}/ippools/leaving`, { method: "DELETE" });
  expect(deleted.body).toMatchObject({
    metadata: { finalizers: ["projectcalico.org/ippool-finalizer"] },
    status: { conditions: [{ type: "Allocatable", status: "False", reason: "Terminating" }] },
  });
  expect(await codeOf(`ipamblocks/${block}`)).toBe(200);
  expect((await release("10.1.0.0")).body).toEqual({ result: { data: { address: "10.1.0.0" } } });
  const left = ["ippools/leaving", `ipamblocks/${block}`, `blockaffinities/n1-${block}`, "ipamhandles/h-leaving"];
  expect(await Promise.all(left.map(codeOf))).toEqual([404, 404, 404, 404]);
  expect((await create("ippools", "IPPool", "again", { cidr: "10.1.0.0/24" })).code).toBe(201);
});

test("an address that a workload has is released by force only", async () => {
  const block = await poolInUse("busy", "10.2.0.0");
  const endpoint = { orchestrator: "k8s", node: "n1", pod: "cart", endpoint: "eth0", ipNetworks: ["10.2.0.0/32"] };
  await create("workloadendpoints", "WorkloadEndpoint", "n1-k8s-cart-eth0", endpoint, "shop");
  const refused = (await release("10.2.0.0")).body.error;
  expect(refused.message).toContain("it has the address 10.2.0.0, which is released when the workload is detached");
  expect(refused.data.status).toMatchObject({ code: 409, details: { name: "n1-k8s-cart-eth0" } });
  expect((await release("10.2.0.0", true)).code).toBe(200);
  const { allocations } = (await server.call(`${CALICO}/ipamblocks/${block}`)).body.spec;
  expect(allocations).toEqual([null, null, null, null]);
});

test("an address that a workload gets while it is being released stays the workload's", async () => {
  const block = await poolInUse("raced", "10.4.0.0");
  const path = `${CALICO}/ipamblocks/${block}`;
  const { store } = server.api;
  let isFirst = true;
  // An agent writes between our look at the books and our own write.
  const apply: Datastore["apply"] = async (...args) => {
    if (isFirst) {
      isFirst = false;
      const endpoint = { orchestrator: "k8s", node: "n1", pod: "cat", endpoint: "eth0", ipNetworks: ["10.4.0.0/32"] };
      await create("workloadendpoints", "WorkloadEndpoint", "n1-k8s-cat-eth0", endpoint, "shop");
      const { body } = await server.call(path);
      const attributes = [{ handle_id: "h-raced", secondary: { node: "n1", pod: "cat" } }];
      await server.call(path, { method: "PUT", body: { ...body, spec: { ...body.spec, attributes } } });
    }
    return store.apply(...args);
  };
  const raced = new Proxy(store, {
    get: (_, key: keyof Datastore) => {
      if (key === "apply") return apply;
      const member = store[key];
      return typeof member === "function" ? member.bind(store) : member;
    },
  });
  const admin = { user: "admin", groups: ["system:masters"], method: "token" as const };
  await expect(ipamServices(raced).release({ address: "10.4.0.0", force: false }, admin)).rejects.toThrow(
    "it has the address 10.4.0.0",
  );
  expect((await server.call(path)).body.spec.allocations[0]).toBe(0);
});

test("what is no address, or nobody's, is refused with the reason", async () => {
  expect((await release("10.2")).body.error.message).toBe('address: must be an IP address, got "10.2"');
  expect((await release("10.77.0.1")).body.error.message).toBe("IP address 10.77.0.1 is not assigned");
});

test("a revert of a pool's deletion brings the pool back, not the books that agents keep", async () => {
  await create("ippools", "IPPool", "undone", { cidr: "10.3.0.0/24" });
  await server.call(`${CALICO}/ippools/undone`, { method: "DELETE" });
  const [{ revision }] = (await server.call("/trpc/changes.list?input=" + encodeURIComponent('{"limit":1}'))).body
    .result.data.activities;
  expect((await server.call("/trpc/changes.revert", { method: "POST", body: { revision } })).code).toBe(200);
  expect(await codeOf("ippools/undone")).toBe(200);
});

test("a revert of the first object in a namespace leaves the namespace, which may hold more by now", async () => {
  await create("networksets", "NetworkSet", "first", { nets: [] }, "young");
  const [{ revision }] = (await server.call("/trpc/changes.list?input=" + encodeURIComponent('{"limit":1}'))).body
    .result.data.activities;
  await create("networksets", "NetworkSet", "second", { nets: [] }, "young");
  expect((await server.call("/trpc/changes.revert", { method: "POST", body: { revision } })).code).toBe(200);
  expect(await codeOf("namespaces/young/networksets/first")).toBe(404);
  expect(await codeOf("namespaces/young/networksets/second")).toBe(200);
});
