import { silentLogger } from "@percale/daemon";
import { formatRef } from "@percale/resources";
import type { IPAMBlock, KubeObject, ObjectRef, WorkloadEndpoint } from "@percale/resources";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestApi } from "../testdata/api.ts";
import type { TestApi } from "../testdata/api.ts";
import { object, pool } from "../testdata/objects.ts";
import { EndpointStore } from "./endpoint-store.ts";
import { identify } from "./identity.ts";
import { NodeIpam } from "./ipam.ts";
import { parseRequest } from "./request.ts";

const NOW = Date.UTC(2026, 0, 1);
let api: TestApi;
beforeEach(async () => {
  api = await openTestApi();
  api.server.seed([object("Node", "n1", {}), object("Node", "n2", {}), pool("10.0.0.0/24"), pool("fd00::/64")]);
});
afterEach(() => api.close());

/** One node's store: what its stream shows is what the log had when `see` was called last. */
function nodeOf(
  node = "n1",
  { more = {} }: { more?: Partial<ConstructorParameters<typeof EndpointStore>[0]["api"]> } = {},
) {
  const asked: string[] = [];
  const refusals: (string | undefined)[] = [];
  const { client, server } = api;
  const counted = {
    apply: client.apply.bind(client),
    get: <T extends KubeObject>(plural: string, name: string, namespace?: string) => {
      asked.push(`${plural}/${name}`);
      return client.get<T>(plural, name, namespace);
    },
    list: <T extends KubeObject>(plural: string) => {
      asked.push(plural);
      return client.list<T>(plural);
    },
    ...more,
  };
  let held = { objects: server.objects, revision: server.revision };
  const see = (): void => {
    const shown = [...server.objects].filter(([, { kind }]) => kind !== "IPAMHandle"); // as the stream
    held = { objects: new Map(shown), revision: server.revision };
  };
  see();
  const ipam = new NodeIpam({ api: counted, node, held: () => held, now: () => NOW });
  const onAddress = (refusal: string | undefined): void => void refusals.push(refusal);
  const store = new EndpointStore({
    node,
    api: counted,
    ipam,
    held: () => held.objects,
    onAddress,
    log: silentLogger,
    now: () => NOW,
  });
  return { store, asked, refusals, see };
}

function entryOf(
  containerID: string,
  { args = "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web", node = "n1", config = {} } = {},
) {
  const env = { CNI_COMMAND: "ADD", CNI_CONTAINERID: containerID, CNI_IFNAME: "eth0", CNI_NETNS: "/x", CNI_ARGS: args };
  const variables = Object.entries(env).map(([key, value]) => `${key}=${value}\0`);
  const text = JSON.stringify({ cniVersion: "1.0.0", name: "net", ...config });
  const request = parseRequest(Buffer.from(`${variables.join("")}\0${text}`));
  const identity = identify(request, node, (of) => of);
  return { request, identity, hostInterface: `cali${containerID}`, mac: "02:00:00:00:00:01" };
}

const ref = { kind: "WorkloadEndpoint", namespace: "shop", name: "n1-k8s-web-eth0" };
const stored = (of: ObjectRef = ref) => api.server.objects.get(formatRef(of)) as WorkloadEndpoint | undefined;
const kinds = (): readonly string[] => [...api.server.objects.values()].map(({ kind }) => kind).sort();
const blocks = () => [...api.server.objects.values()].filter(({ kind }) => kind === "IPAMBlock") as IPAMBlock[];
const given = (): number =>
  blocks().reduce((sum, { spec }) => sum + spec.allocations.length - spec.unallocated.length, 0);

test("address, handle, block, endpoint and its profile are one change set", async () => {
  const { store, asked, refusals } = nodeOf();
  const entry = entryOf("c1", {
    config: {
      args: {
        percale: {
          labels: { app: "web" },
          serviceAccount: "front",
          ports: [{ name: "http", protocol: "TCP", port: 80 }],
        },
      },
    },
  });
  const { addresses, revision } = await store.enter(entry);
  expect([revision, asked, refusals]).toEqual([api.server.revision, [], [undefined]]);
  expect(api.server.changeSets.map(({ reason }) => reason)).toEqual(["CNI ADD shop/web"]);
  expect(stored()).toMatchObject({
    metadata: { name: "n1-k8s-web-eth0", namespace: "shop", labels: { app: "web" } },
    spec: {
      orchestrator: "k8s",
      node: "n1",
      containerID: "c1",
      pod: "web",
      serviceAccountName: "front",
      endpoint: "eth0",
      ipNetworks: [`${addresses[0]}/32`],
      profiles: ["kns.shop", "ksa.shop.front"],
      interfaceName: "calic1",
      mac: "02:00:00:00:00:01",
      ports: [{ name: "http", protocol: "TCP", port: 80 }],
    },
  });
  expect(blocks().map(({ spec }) => spec.attributes)).toEqual([
    [
      {
        handle_id: "net.c1",
        secondary: { node: "n1", pod: "web", namespace: "shop", timestamp: "2026-01-01T00:00:00.000Z" },
      },
    ],
  ]);
  expect(kinds().filter((kind) => kind === "Profile")).toHaveLength(2);
});

test("what is no pod has its network's profile and its container's address", async () => {
  const { store } = nodeOf();
  const { addresses } = await store.enter(entryOf("c1", { args: "", config: { ipam: { assign_ipv6: "true" } } }));
  expect(addresses.map((address) => address.includes(":"))).toEqual([false, true]);
  const endpoint = stored({ kind: "WorkloadEndpoint", namespace: "default", name: "n1-cni-c1-eth0" })!;
  expect(endpoint.spec).toMatchObject({
    orchestrator: "cni",
    profiles: ["net"],
    ipNetworks: [`${addresses[0]}/32`, `${addresses[1]}/128`],
  });
  expect(blocks()[0]!.spec.attributes[0]!.secondary).toEqual({ node: "n1", timestamp: "2026-01-01T00:00:00.000Z" });
  expect(api.server.changeSets.map(({ reason }) => reason)).toEqual(["CNI ADD default/c1"]);
});

test.each([
  ["IPv4", { assign_ipv4: "true" }, [false]],
  ["IPv6", { assign_ipv4: "false", assign_ipv6: "true" }, [true]],
])("%s alone is given where that is asked for", async (_, ipam, isV6) => {
  const { addresses } = await nodeOf().store.enter(entryOf("c1", { config: { ipam } }));
  expect(addresses.map((address) => address.includes(":"))).toEqual(isV6);
});

test("a node decides on its own last writes before its stream shows them, and asks nobody", async () => {
  const { store, asked, see } = nodeOf();
  const [first, ...others] = Array.from({ length: 4 }, (_, i) =>
    entryOf(`c${i}`, { args: `K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-${i}` }),
  );
  await store.enter(first!);
  see(); // the profile is there
  const got = await Promise.all(others.map((entry) => store.enter(entry)));
  expect(new Set(got.flatMap(({ addresses }) => addresses)).size).toBe(3);
  await store.remove(first!.request, first!.identity);
  expect([given(), blocks().length, api.server.changeSets.length]).toEqual([3, 1, 5]);
  expect(asked).toEqual([`workloadendpoints/${first!.identity.name}`]);
});

test("a node whose stream is late asks, and decides again", async () => {
  const late = nodeOf();
  await nodeOf().store.enter(entryOf("c1"));
  const { addresses } = await late.store.enter(entryOf("c2", { args: "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=api" }));
  expect([addresses.length, given(), blocks().length]).toEqual([1, 2, 1]);
  expect(late.asked).toContain("ipamblocks");
});

test("no address is final only when the server has been asked", async () => {
  api.server.write([], [{ kind: "IPPool", name: "v4" }]);
  const { store, refusals } = nodeOf();
  const why = "no configured IPv4 pool selects node n1 and namespace shop";
  await expect(store.enter(entryOf("c1"))).rejects.toMatchObject({
    message: "no address for the workload",
    details: why,
  });
  api.server.write([pool("10.0.0.0/24")]);
  expect((await store.enter(entryOf("c1"))).addresses).toHaveLength(1);
  expect(refusals).toEqual([why, undefined]);
});

test("a given address is taken, once", async () => {
  const { store } = nodeOf();
  const args = (pod: string) => ({ args: `K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${pod};IP=10.0.0.77` });
  expect((await store.enter(entryOf("c1", args("web")))).addresses).toEqual(["10.0.0.77"]);
  await expect(store.enter(entryOf("c2", args("api")))).rejects.toMatchObject({
    details: "Address already assigned in block: 10.0.0.77",
  });
});

test("a new container of the same pod takes its endpoint over, and the old one's DEL leaves it alone", async () => {
  const { store, see } = nodeOf();
  const [first, second] = [entryOf("c1"), entryOf("c2")];
  await store.enter(first);
  api.server.write([{ ...stored()!, metadata: { ...stored()!.metadata, annotations: { kept: "yes" } } }]);
  see();
  await store.enter(second);
  await store.remove(first.request, first.identity);
  expect(stored()).toMatchObject({ metadata: { annotations: { kept: "yes" } }, spec: { containerID: "c2" } });
  expect(given()).toBe(1);
  await store.remove(second.request, second.identity);
  expect([stored(), given()]).toEqual([undefined, 0]);
});

test("what an endpoint was before a failed ADD it is again", async () => {
  const { store, see } = nodeOf();
  await store.enter(entryOf("c1", { config: { args: { percale: { labels: { of: "first" } } } } }));
  see();
  const previous = store.held(ref)!;
  const second = entryOf("c2");
  await store.enter(second);
  await store.remove(second.request, second.identity, previous);
  expect(stored()).toMatchObject({ metadata: { labels: { of: "first" } }, spec: previous.spec });
  expect(given()).toBe(1);
});

test("removing what is not there writes nothing", async () => {
  const { store } = nodeOf();
  const { request, identity } = entryOf("c1");
  await store.remove(request, identity);
  expect(api.server.changeSets).toEqual([]);
});

test("the endpoint of a form that is not to be written back is not held", async () => {
  const { store, see } = nodeOf();
  await store.enter(entryOf("c1"));
  expect(store.held(ref)).toBeUndefined();
  see();
  expect(store.held(ref)?.spec.containerID).toBe("c1");
});

test("a node that may not make profiles attaches without them", async () => {
  const { client } = api;
  const { store } = nodeOf("n1", { more: { apply: forbidProfiles(client) } as object });
  await store.enter(entryOf("c1"));
  const made = api.server.changeSets.flatMap(({ changes }) =>
    changes.map((change) => (change.op === "delete" ? change.ref.kind : change.object.kind)),
  );
  expect([stored()?.spec.profiles, made.includes("Profile")]).toEqual([["kns.shop"], false]);
});

function forbidProfiles(client: TestApi["client"]): TestApi["client"]["apply"] {
  return async (changeSet) => {
    const { server } = api;
    const hasProfile = changeSet.changes.some((change) => change.op === "create" && change.object.kind === "Profile");
    server.refusal = hasProfile ? { code: 403, reason: "Forbidden" } : undefined;
    return client.apply(changeSet);
  };
}

test("whatever else the server refuses is the caller's to hear", async () => {
  const { store } = nodeOf();
  api.server.refusal = { code: 422, reason: "Invalid" };
  await expect(store.enter(entryOf("c1"))).rejects.toMatchObject({ code: 422, reason: "Invalid" });
});
