import { afterEach, beforeEach, expect, test } from "vitest";
import {
  createNetns,
  deleteNetns,
  inNetns,
  isKernelError,
  netnsIdentity,
  openRtnetlink,
  readSysctl,
  writeSysctl,
} from "../index.ts";
import type { Rtnetlink, RtnetlinkEvent } from "../index.ts";
import { NUD_PERMANENT } from "./model.ts";

const name = (part: string) => `pk-${process.pid}-${part}`;
let a: Rtnetlink;
let b: Rtnetlink;

beforeEach(async () => {
  for (const part of ["a", "b"]) createNetns(name(part));
  a = openRtnetlink({ netns: name("a") });
  b = openRtnetlink({ netns: name("b") });
  await a.addVeth({
    name: "va",
    peerName: "eth0",
    peerNetns: name("b"),
    mac: "ee:ee:ee:ee:ee:ee",
    mtu: 1400,
    group: 7,
  });
});

afterEach(() => {
  a?.close();
  b?.close();
  for (const part of ["a", "b"]) deleteNetns(name(part));
});

test("a name and an alias come back as they were given, beyond ASCII too", async () => {
  await a.addVeth({ name: "größe", peerName: "网口0", peerNetns: name("b"), mac: "ee:ee:ee:ee:ee:ee" });
  await a.setLink("größe", { alias: "percale c1 网口0" });
  expect(await a.link("größe")).toMatchObject({ name: "größe", alias: "percale c1 网口0" });
  expect((await b.links()).map((link) => link.name).sort()).toEqual(["eth0", "lo", "网口0"]);
});

test("a veth has one end in each namespace, with the settings asked for", async () => {
  expect(await a.link("va")).toMatchObject({ kind: "veth", mac: "ee:ee:ee:ee:ee:ee", mtu: 1400, group: 7, up: false });
  expect((await b.links()).map((link) => link.name).sort()).toEqual(["eth0", "lo"]);
  expect(await a.link("eth0")).toBeUndefined();
});

test("a link is renamed, set up, joined to a bridge and deleted by its group", async () => {
  await a.addLink({ name: "br0", kind: "bridge" });
  await a.setLink("va", { name: "vb", up: true, mtu: 1300, master: "br0" });
  const bridge = await a.link("br0");
  expect(await a.link("vb")).toMatchObject({ mtu: 1300, up: true, master: bridge?.index });
  await a.deleteLinks(7);
  expect((await a.links()).map((link) => link.name).sort()).toEqual(["br0", "lo"]);
});

test("addresses, routes and neighbours are written and read back", async () => {
  await a.setLink("va", { up: true });
  await b.setLink("eth0", { up: true });
  const { index } = (await a.link("va"))!;
  await a.addAddress("va", "192.0.2.1/24");
  await a.addAddress("va", "2001:db8::1/64");
  await a.replaceRoute({ dst: "10.0.1.1/32", ifIndex: index, metric: 1024, protocol: 80, src: "192.0.2.1" });
  await a.replaceRoute({ dst: "fd00:1::1/128", ifIndex: index, metric: 1024 });
  await a.replaceRoute({ dst: "10.9.0.0/24", gateway: "192.0.2.7", metric: 5 });
  await a.replaceRoute({ dst: "10.8.0.0/26", type: "blackhole", protocol: 80 });
  await a.replaceNeighbour({
    ifIndex: index,
    address: "10.0.1.1",
    mac: "02:00:00:00:00:01",
    state: NUD_PERMANENT,
    flags: 0,
  });
  expect((await a.addresses()).map((address) => address.address)).toEqual(
    expect.arrayContaining(["192.0.2.1/24", "2001:db8::1/64"]),
  );
  const routes = await a.routes({ table: 254 });
  expect(routes).toContainEqual({
    type: "unicast",
    dst: "10.0.1.1/32",
    table: 254,
    protocol: 80,
    scope: 253,
    metric: 1024,
    ifIndex: index,
    src: "192.0.2.1",
  });
  expect(routes.find((route) => route.dst === "fd00:1::1/128")).toMatchObject({ ifIndex: index, metric: 1024 });
  expect(routes.find((route) => route.dst === "10.9.0.0/24")).toMatchObject({ gateway: "192.0.2.7", metric: 5 });
  expect(routes.find((route) => route.dst === "10.8.0.0/26")).toMatchObject({ type: "blackhole", protocol: 80 });
  expect(await a.neighbours()).toContainEqual({
    ifIndex: index,
    address: "10.0.1.1",
    mac: "02:00:00:00:00:01",
    state: NUD_PERMANENT,
    flags: 0,
  });
  await a.deleteRoute({ dst: "10.8.0.0/26", type: "blackhole" });
  await a.deleteAddress("va", "192.0.2.1/24");
  expect((await a.routes({ table: 254 })).some((route) => route.dst === "10.8.0.0/26")).toBe(false);
});

test("a refused change says what was asked and why", async () => {
  const refused = await a.addVeth({ name: "va", peerName: "x" }).catch((error: unknown) => error);
  expect(isKernelError(refused, "EEXIST")).toBe(true);
  expect(String(refused)).toMatch(/add veth va: file already exists/);
  expect(isKernelError(await a.deleteLink("nope").catch((error: unknown) => error), "ENODEV")).toBe(true);
  expect(isKernelError(await a.deleteRoute({ dst: "10.7.0.0/24" }).catch((error: unknown) => error), "ESRCH")).toBe(
    true,
  );
  expect(() => createNetns(name("a"))).toThrow(/EEXIST|already exists/);
  expect(() => openRtnetlink({ netns: "pk-does-not-exist" })).toThrow(/no such file/);
});

test("a watcher sees a link come, be renamed and go", async () => {
  const seen: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = a.monitor((event: RtnetlinkEvent) => {
    if (event.t === "link" || event.t === "linkRemoved") seen.push(`${event.t} ${event.link.name}`);
    if (event.t === "linkRemoved" && event.link.name === "vb") resolve();
  });
  try {
    await a.setLink("va", { name: "vb" });
    await a.deleteLink("vb");
    await promise;
    expect(seen).toContain("link vb");
  } finally {
    stop();
  }
});

test("sysctls are those of the namespace, and the thread comes home", () => {
  writeSysctl("net/ipv4/ip_forward", 1, { netns: name("a") });
  expect(readSysctl("net/ipv4/ip_forward", { netns: name("a") })).toBe("1");
  expect(readSysctl("net/ipv4/ip_forward", { netns: name("b") })).toBe("0");
  expect(() =>
    inNetns(name("a"), () => {
      throw new Error("thrown inside");
    }),
  ).toThrow("thrown inside");
  expect(() => readSysctl("net/ipv4/conf/va/forwarding")).toThrow(/ENOENT/);
});

test("adding a route never takes another's place", async () => {
  await a.addLink({ name: "br0", kind: "bridge", up: true });
  await a.setLink("va", { up: true });
  const [va, br0] = [(await a.link("va"))!.index, (await a.link("br0"))!.index];
  for (const dst of ["10.0.1.1/32", "fd00:1::1/128"]) {
    await a.addRoute({ dst, ifIndex: va });
    await expect(a.addRoute({ dst, ifIndex: br0 })).rejects.toMatchObject({ code: "EEXIST" });
    expect((await a.routes()).filter((route) => route.dst === dst).map(({ ifIndex }) => ifIndex)).toEqual([va]);
  }
});

test("rules by source are written, read back and deleted; others are left out", async () => {
  const rules = [
    { source: "10.0.0.5", table: 300 },
    { source: "fd00::5", table: 100_000 },
  ];
  for (const rule of rules) await a.addSourceRule(rule);
  expect(await a.sourceRules()).toEqual(rules);
  await expect(a.addSourceRule(rules[0]!)).rejects.toMatchObject({ code: "EEXIST" });
  for (const rule of rules) await a.deleteSourceRule(rule);
  expect(await a.sourceRules()).toEqual([]);
  await expect(a.deleteSourceRule(rules[0]!)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a namespace is the same by any path that leads to it", () => {
  expect(netnsIdentity()).toBe(netnsIdentity(`/proc/${process.pid}/ns/net`));
  expect(netnsIdentity(name("a"))).toBe(netnsIdentity(`/run/netns/${name("a")}`));
  expect(new Set([netnsIdentity(), netnsIdentity(name("a")), netnsIdentity(name("b"))]).size).toBe(3);
});
