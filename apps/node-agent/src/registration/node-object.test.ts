import { expect, test } from "vitest";
import { desiredNode, detectAddress } from "./node-object.ts";

const link = (index: number, name: string, up = true) => ({
  index,
  name,
  up,
  running: up,
  loopback: name === "lo",
  mac: "",
  mtu: 1500,
  group: 0,
});
const address = (ifIndex: number, address: string, scope = 0) => ({ ifIndex, address, scope });

test("the node's address is that of its first real interface that is up", () => {
  const links = [
    link(1, "lo"),
    link(2, "docker0"),
    link(3, "cali123"),
    link(4, "eth0", false),
    link(5, "eth1"),
    link(6, "eth2"),
  ];
  const addresses = [
    address(1, "127.0.0.1/8"),
    address(2, "172.17.0.1/16"),
    address(4, "192.0.2.4/24"),
    address(5, "fe80::1/64", 253),
    address(5, "fd00::5/64"),
    address(6, "192.0.2.6/24"),
  ];
  expect(detectAddress(4, links, addresses)).toBe("192.0.2.6/24");
  expect(detectAddress(6, links, addresses)).toBe("fd00::5/64");
  expect(detectAddress(4, [], [])).toBeUndefined();
});

test("what others wrote on the Node stays, and an equal Node is not written again", () => {
  const facts = { name: "n", ipv4Address: "192.0.2.1/24", ipv6Address: undefined, labels: { zone: "a" } };
  const first = desiredNode(facts, undefined)!;
  expect(first.spec).toEqual({
    bgp: { ipv4Address: "192.0.2.1/24" },
    addresses: [{ address: "192.0.2.1", type: "CalicoNodeIP" }],
  });
  expect(desiredNode(facts, first)).toBeUndefined();
  const stored = {
    ...first,
    metadata: { ...first.metadata, labels: { ...first.metadata.labels, rack: "1" } },
    spec: { ...first.spec, bgp: { ...first.spec.bgp, asNumber: 65001 } },
  };
  const moved = desiredNode({ ...facts, ipv4Address: "192.0.2.9/24" }, stored)!;
  expect(moved.spec.bgp).toEqual({ ipv4Address: "192.0.2.9/24", asNumber: 65001 });
  expect(moved.metadata.labels).toEqual({ "kubernetes.io/hostname": "n", rack: "1", zone: "a" });
});

test("addresses that others gave the Node stay beside its own", () => {
  const facts = { name: "n", ipv4Address: "192.0.2.1/24", ipv6Address: undefined, labels: {} };
  const first = desiredNode(facts, undefined)!;
  const theirs = { address: "10.0.0.7", type: "InternalIP" as const };
  const stored = { ...first, spec: { ...first.spec, addresses: [...first.spec.addresses!, theirs] } };
  expect(desiredNode(facts, stored)).toBeUndefined();
  expect(desiredNode({ ...facts, ipv4Address: "192.0.2.9/24" }, stored)?.spec.addresses).toEqual([
    { address: "192.0.2.9", type: "CalicoNodeIP" },
    theirs,
  ]);
});

test("a Node that says the same in another order, or in other words, is the same", () => {
  const facts = {
    name: "n",
    ipv4Address: "192.0.2.1/24",
    ipv6Address: "fd00::1/64",
    labels: { zone: "a", rack: "1" },
  };
  const { metadata, spec } = desiredNode(facts, undefined)!;
  const backwards = <T extends object>(record: T): T => Object.fromEntries(Object.entries(record).toReversed()) as T;
  const stored = {
    ...desiredNode(facts, undefined)!,
    metadata: { ...metadata, labels: backwards(metadata.labels!) },
    spec: {
      bgp: backwards(spec.bgp!),
      addresses: [spec.addresses![0]!, { ...spec.addresses![1]!, address: "fd00:0::0001/128" }],
    },
  };
  expect(desiredNode(facts, stored)).toBeUndefined();
});
