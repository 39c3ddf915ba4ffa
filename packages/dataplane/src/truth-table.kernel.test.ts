import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Conntrack, inNetns } from "@percale/kernel";
import { CalcGraph } from "@percale/policy";
import { formatRef, refOf } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import { addressOf, baseTopology, Fabric, nodeOf, truthTable, WORKLOADS } from "@percale/testkit";
import type { Family, Place, Probe, Scenario } from "@percale/testkit";
import { createDataplane } from "./index.ts";
import type { Dataplane } from "./index.ts";
import { DRIVERS } from "./policy/drivers.ts";
import type { DriverName } from "./policy/drivers.ts";

/**
 * The truth table with real packets: two nodes with a dataplane each, fed by the calculation graph, one outside host. Scenarios
 * follow each other on the same kernel, so each also tests the way from the one before.
 */
const fabric = new Fabric(`pt${process.pid}`);
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const sha224 = (text: string) => createHash("sha224").update(text).digest();
const SILENCE_MS = 200;
const kernelHasSctp = existsSync("/proc/net/sctp");

const NODES = ["A", "B"] as const;
/** With a dataplane of the driver that is tested, from before its first test on. */
let nodes: readonly { readonly name: string; readonly graph: CalcGraph; readonly dataplane: Dataplane }[] = [];
const held = new Map<string, KubeObject>();

beforeAll(async () => {
  await fabric.start();
  for (const [name, n] of [
    ["A", 1],
    ["B", 2],
  ] as const)
    await fabric.addNode({
      name,
      addresses: [`192.0.2.${n}/24`, `2001:db8::${n}/64`],
      blocks: [`10.0.${n}.0/24`, `fd00:${n}::/64`],
    });
  await fabric.addNode({ name: "X", addresses: ["192.0.2.9/24", "2001:db8::9/64"], blocks: [] });
  for (const [i, name] of WORKLOADS.entries())
    await fabric.addWorkload({
      name,
      node: nodeOf(name),
      interfaceName: `cali${name}`,
      mac: `02:00:00:00:00:0${i + 1}`,
      addresses: [`${addressOf(name, 4)}/32`, `${addressOf(name, 6)}/128`],
    });
  for (const name of [...WORKLOADS, "A", "B", "X"]) await fabric.listen(name, listeners());
});

afterAll(() => fabric.destroy());

describe.each(Object.keys(DRIVERS) as DriverName[])("by the %s driver,", (driver) => {
  beforeAll(async () => {
    held.clear();
    nodes = NODES.map((name) => ({
      name,
      graph: new CalcGraph({ node: name, sha224 }),
      dataplane: createDataplane({ driver, netns: fabric.netns(name), log: silent, now: Date.now }),
    }));
    for (const { dataplane } of nodes) await dataplane.start();
  });

  afterAll(async () => {
    for (const { dataplane } of nodes) await dataplane.remove();
  });

  describe.each([4, 6] as const)("IPv%i", (family) => {
    for (const row of truthTable.filter((row) => row.families?.includes(family) ?? true))
      test(`${row.id} ${row.title}`, async ({ skip }) => {
        skip(!kernelHasSctp && usesSctp(row, family), "this kernel has no SCTP");
        await become([...baseTopology, ...row.objects(family)]);
        await expectVerdicts(row.probes(family), family);
        for (const step of row.steps?.(family) ?? []) {
          await change(step.put ?? [], step.remove ?? []);
          await expectVerdicts(step.probes, family);
        }
      });
  });
});

/** Objects of one name: the last holds. */
async function become(objects: readonly KubeObject[]): Promise<void> {
  const wanted = new Map(objects.map((object) => [formatRef(refOf(object)), object]));
  const gone = [...held].filter(([key]) => !wanted.has(key)).map(([, object]) => refOf(object));
  await change([...wanted.values()], gone);
}

async function change(put: readonly KubeObject[], remove: readonly ObjectRef[]): Promise<void> {
  for (const ref of remove) held.delete(formatRef(ref));
  for (const object of put) held.set(formatRef(refOf(object)), object);
  for (const { graph, dataplane, name } of nodes) {
    for (const ref of remove) graph.remove(ref);
    for (const object of put) graph.put(object);
    await dataplane.apply(graph.flush());
    forgetConnections(name);
  }
}

/** Verdicts are about new connections. */
function forgetConnections(node: string): void {
  const conntrack = new Conntrack({ netns: fabric.netns(node) });
  const places: Place[] = ["a1", "a2", "b1", "X", "hA", "hB"];
  conntrack.deleteByAddress(new Set(places.flatMap((place) => [addressOf(place, 4), addressOf(place, 6)])));
  conntrack.close();
}

async function expectVerdicts(probes: readonly Probe[], family: Family): Promise<void> {
  const own = probes.filter((probe) => probe.families?.includes(family) ?? true);
  const results: { probe: string; verdict: string }[] = [];
  for (const probe of own.filter((probe) => probe.sourceAddress !== undefined))
    results.push({ probe: describeProbe(probe), verdict: (await arrives(probe, family)) ? "A" : "D" });
  const direct = own.filter((probe) => probe.sourceAddress === undefined);
  const verdicts = await Promise.all(direct.map((probe) => exchange(probe, family)));
  for (const [i, verdict] of verdicts.entries()) results.push({ probe: describeProbe(direct[i]!), verdict });
  const wanted = [...own.filter((p) => p.sourceAddress !== undefined), ...direct];
  expect(results).toEqual(wanted.map((probe) => ({ probe: describeProbe(probe), verdict: probe.expect })));
}

/** A refusal is a denial unless the row asks for it: every port that a row names is open. */
async function exchange(probe: Probe, family: Family): Promise<string> {
  const { verdict } = await fabric.probe(netnsOf(probe.from), request(probe, family));
  if (verdict === "allowed") return "A";
  return verdict === "reset" && probe.expect === "R" ? "R" : "D";
}

/** Nobody can answer to a foreign source, so what counts is whether the receiver saw the packet. */
async function arrives(probe: Probe, family: Family): Promise<boolean> {
  const before = segmentsIn(netnsOf(probe.to));
  await fabric.probe(netnsOf(probe.from), { ...request(probe, family), from: probe.sourceAddress! });
  return segmentsIn(netnsOf(probe.to)) > before;
}

function segmentsIn(name: string): number {
  const text = inNetns(fabric.netns(name), () => readFileSync("/proc/net/snmp", "utf8"));
  const [names, values] = text.split("\n").filter((line) => line.startsWith("Tcp:"));
  return Number(values!.split(" ")[names!.split(" ").indexOf("InSegs")]);
}

function request(probe: Probe, family: Family) {
  const { proto, port, sourcePort, icmp } = probe;
  return {
    protocol: proto,
    to: addressOf(probe.to, family),
    timeoutMs: SILENCE_MS,
    ...(port !== undefined && { port }),
    ...(sourcePort !== undefined && { sourcePort }),
    ...(icmp !== undefined && { icmpType: icmp.type, icmpCode: icmp.code }),
  };
}

function netnsOf(place: Place): string {
  return place === "hA" ? "A" : place === "hB" ? "B" : place;
}

function describeProbe({ from, to, proto, port, sourcePort, sourceAddress, icmp }: Probe): string {
  const source = `${from}${sourceAddress === undefined ? "" : ` as ${sourceAddress}`}${sourcePort === undefined ? "" : `:${sourcePort}`}`;
  return `${source} → ${to} ${proto}${port ?? ""}${icmp === undefined ? "" : ` ${icmp.type}/${icmp.code}`}`;
}

function usesSctp(row: Scenario, family: Family): boolean {
  return row.probes(family).some(({ proto }) => proto === "sctp");
}

/** Every port and protocol that a row probes. */
function listeners(): string[] {
  const specs = new Set<string>();
  for (const row of truthTable)
    for (const family of [4, 6] as const)
      for (const { proto, port } of [
        ...row.probes(family),
        ...(row.steps?.(family) ?? []).flatMap((step) => step.probes),
      ])
        if (proto === "tcp" || proto === "udp" || (proto === "sctp" && kernelHasSctp)) specs.add(`${proto}/${port}`);
        else if (typeof proto === "number") specs.add(`raw/${proto}`);
  return [...specs];
}
