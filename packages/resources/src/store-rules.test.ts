import { describe, expect, test } from "vitest";
import { builtInObjects, definitionOf, formatRef, prepareObject, refOf, storeIssues } from "./index.ts";
import type { KubeObject, Lookup, Operation } from "./index.ts";
import { objectWith } from "./testdata/cases.ts";

function lookupOf(objects: readonly KubeObject[]): Lookup {
  return {
    get: (ref) => objects.find((object) => formatRef(refOf(object)) === formatRef(ref)),
    list: (kind, namespace) =>
      objects.filter(
        (object) => object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace),
      ),
  };
}

function prepared(kind: string, spec: object, name = "new"): KubeObject {
  const result = prepareObject(definitionOf(kind)!, objectWith(kind, spec, name), { operation: "create" });
  if ("error" in result) throw result.error;
  return result.object;
}

function verdict(operation: Operation, object: KubeObject, others: readonly KubeObject[] = [], old?: KubeObject) {
  return storeIssues(definitionOf(object.kind)!, {
    operation,
    object,
    lookup: lookupOf(others),
    ...(old !== undefined && { old }),
  });
}

const tier = (name: string, terminating = false): KubeObject => ({
  ...objectWith("Tier", { order: 1, defaultAction: "Deny" }, name),
  metadata: { name, ...(terminating && { deletionTimestamp: "2026-01-01T00:00:00Z" }) },
});

describe("a policy's tier", () => {
  const policy = prepared("NetworkPolicy", { tier: "net-sec" }, "p");
  test("must exist", () => {
    expect(verdict("create", policy)).toMatchObject({
      code: 403,
      reason: "Forbidden",
      message: 'networkpolicies.projectcalico.org "p" is forbidden: Tier "net-sec" does not exist',
    });
  });

  test("must stay", () => {
    expect(verdict("create", policy, [tier("net-sec", true)])?.message).toContain('Tier "net-sec" is being deleted');
  });

  test("is looked at when it changes, not else", () => {
    const moved = prepared("NetworkPolicy", { tier: "other" }, "p");
    expect(verdict("update", policy, [tier("net-sec", true)], policy)).toBeUndefined();
    expect(verdict("update", moved, [tier("net-sec")], policy)?.code).toBe(403);
    expect(verdict("update", moved, [tier("other")], policy)).toBeUndefined();
    expect(verdict("delete", policy)).toBeUndefined();
  });
});

describe("deleting a tier", () => {
  test("that is built in is forbidden", () => {
    expect(verdict("delete", tier("kube-admin"))?.message).toContain("Cannot delete kube-admin tier");
  });
});

describe("a new pool", () => {
  const pool = (cidr: string, name = "new", spec: object = {}): KubeObject =>
    prepared("IPPool", { cidr, ...spec }, name);
  const block = (cidr: string): KubeObject =>
    prepared("IPAMBlock", { cidr, allocations: [], unallocated: [], attributes: [] }, "b");

  test.each([
    ["inside another", "10.48.1.0/24"],
    ["around another", "10.0.0.0/8"],
  ])("%s is refused, even if that is disabled", (_, cidr) => {
    const other = pool("10.48.0.0/16", "old", { disabled: true });
    expect(verdict("create", pool(cidr), [other])).toMatchObject({
      code: 422,
      causes: [{ field: "spec.cidr", reason: "FieldValueInvalid" }],
    });
  });

  test("beside others is fine", () => {
    expect(
      verdict("create", pool("10.49.0.0/16"), [pool("10.48.0.0/16", "a"), pool("fd00::/48", "b")]),
    ).toBeUndefined();
  });

  test("must have the size of blocks that are left there", () => {
    const causes = [{ field: "spec.blockSize", reason: "FieldValueInvalid" }];
    expect(verdict("create", pool("10.48.0.0/16"), [block("10.48.0.0/28")])).toMatchObject({ code: 422, causes });
    expect(verdict("create", pool("10.48.0.0/16", "new", { blockSize: 28 }), [block("10.48.0.0/28")])).toBeUndefined();
    expect(verdict("create", pool("10.49.0.0/16"), [block("10.48.0.0/28")])).toBeUndefined();
  });

  test("does not meet itself on update", () => {
    expect(verdict("update", pool("10.48.0.0/16"), [pool("10.48.0.0/16")], pool("10.48.0.0/16"))).toBeUndefined();
  });
});

test("a BGP peer's filters must exist", () => {
  const peer = prepared("BGPPeer", { filters: ["a", "b"] }, "p");
  const filter: KubeObject = {
    apiVersion: "projectcalico.org/v3",
    kind: "BGPFilter",
    metadata: { name: "a" },
    spec: {},
  };
  expect(verdict("create", peer, [filter])).toMatchObject({
    code: 422,
    causes: [{ field: "spec.filters[1]", message: 'BGPFilter(s) not found: "b"; create it first' }],
  });
  expect(verdict("delete", peer)).toBeUndefined();
});

test("a BGP peer by address says its AS number, unless the address is a node's", () => {
  const peer = (peerIP: string, spec: object = {}): KubeObject => prepared("BGPPeer", { peerIP, ...spec }, "p");
  const node = prepared("Node", { bgp: { ipv4Address: "192.0.2.1/24", ipv6Address: "2001:db8::1/64" } }, "n1");
  const causes = [
    {
      field: "spec.asNumber",
      reason: "FieldValueRequired",
      message: "is required: 192.0.2.9:1790 is no node of this cluster, so its AS number cannot be looked up",
    },
  ];
  expect(verdict("create", peer("192.0.2.9:1790"), [node])).toMatchObject({ code: 422, causes });
  expect(verdict("create", peer("192.0.2.9:1790", { asNumber: 0 }), [node])).toMatchObject({ causes });
  expect(verdict("delete", peer("192.0.2.9"), [node])).toBeUndefined();
  for (const own of ["192.0.2.1", "192.0.2.1:1790", "2001:DB8:0::1"])
    expect(verdict("create", peer(own), [node])).toBeUndefined();
  expect(verdict("create", peer("192.0.2.9", { asNumber: 64512 }), [node])).toBeUndefined();
  expect(verdict("create", prepared("BGPPeer", { peerSelector: "all()" }, "p"), [node])).toBeUndefined();
});

describe("the reserved profile", () => {
  const reserved = builtInObjects({ clusterGUID: "0".repeat(32) }).find(({ kind }) => kind === "Profile")!;
  test("is made once and never changes", () => {
    expect(verdict("create", reserved)).toBeUndefined();
    expect(verdict("create", reserved, [reserved])).toMatchObject({ reason: "AlreadyExists" });
    expect(verdict("update", reserved, [reserved], reserved)).toMatchObject({ reason: "MethodNotAllowed" });
    expect(verdict("delete", reserved, [reserved])).toMatchObject({ reason: "MethodNotAllowed" });
  });
});

test("built-in objects are complete as they are and pass every check", () => {
  const objects = builtInObjects({ clusterGUID: "0123456789abcdef0123456789abcdef", version: "v0.1.0" });
  expect(objects.map(refOf).map(formatRef)).toEqual([
    "Namespace/default",
    "Tier/kube-admin",
    "Tier/default",
    "Tier/kube-baseline",
    "Profile/projectcalico-default-allow",
    "FelixConfiguration/default",
    "BGPConfiguration/default",
    "ClusterInformation/default",
  ]);
  for (const object of objects) {
    const result = prepareObject(definitionOf(object.kind)!, object, {
      operation: "create",
      fieldValidation: "Strict",
    });
    expect(result).toEqual({ object, warnings: [] });
    expect(verdict("create", object)).toBeUndefined();
  }
});
