import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { definitionOf, formatRef, prepareObject } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { afterAll, expect, test } from "vitest";
import { acceptConfig, parseRefusal } from "./index.ts";
import type { BgpInputs, Refusal } from "./index.ts";
import { clusters } from "./testdata/clusters.ts";

const directory = mkdtempSync(join(tmpdir(), "percale-bgp-"));
afterAll(() => rmSync(directory, { recursive: true }));
let files = 0;

/** BIRD itself. */
async function check(text: string): Promise<Refusal | undefined> {
  const path = join(directory, `${files++}.conf`);
  writeFileSync(path, text);
  try {
    await promisify(execFile)("bird", ["-p", "-c", path]);
    return undefined;
  } catch (error) {
    const refusal = parseRefusal((error as { stderr: string }).stderr); // BIRD exits 1 with its words
    if (refusal === undefined) throw error;
    return refusal;
  }
}

const base = clusters["mesh"]!;
const peer = (name: string, spec: object): BgpInputs["peers"][number] => ({
  apiVersion: "projectcalico.org/v3",
  kind: "BGPPeer",
  metadata: { name },
  spec,
});
const good = (n: number) => peer(`good-${n}`, { peerIP: `192.0.2.${n}`, asNumber: 65_000 + n });

test("what BIRD refuses is left out alone, wherever it stands, with BIRD's words", async () => {
  // None of these passes the API: BIRD must be able to refuse what nobody thought of.
  const bad = [
    peer("a-long", { peerIP: "192.0.2.100", asNumber: 65_100, keepaliveTime: "100h" }),
    peer("m-local", { peerIP: "fe80::1", asNumber: 65_101 }),
    peer("z-hops", { peerIP: "192.0.2.102", asNumber: 65_102, ttlSecurity: 300 }),
  ];
  const { config, fault, inputs } = await acceptConfig({ ...base, peers: [good(1), ...bad, good(2)] }, check);
  expect(fault).toBeUndefined();
  expect([...inputs.refused!.keys()].sort()).toEqual(["BGPPeer/a-long", "BGPPeer/m-local", "BGPPeer/z-hops"]);
  expect(config.rejected.map(({ ref, message }) => `${ref.name}: ${message}`)).toEqual([
    "a-long: BIRD refuses it: Keepalive time must be in range 1-65535",
    expect.stringMatching(/^m-local: BIRD refuses it: .*interface/i),
    expect.stringMatching(/^z-hops: BIRD refuses it: .*hop/i),
  ]);
  const names = config.sessions.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["Global_192_0_2_1", "Global_192_0_2_2", "Mesh_10_0_0_2"]));
  expect(await check(config.text)).toBeUndefined();
});

test("an object that is refused no more comes back with the next look", async () => {
  const bad = peer("bad", { peerIP: "192.0.2.9", asNumber: 65_000, keepaliveTime: "100h" });
  const first = await acceptConfig({ ...base, peers: [bad] }, check);
  expect(first.config.rejected).toHaveLength(1);
  const mended = peer("bad", { ...bad.spec, keepaliveTime: "10s" });
  const second = await acceptConfig({ ...base, peers: [mended] }, check);
  expect(second.config.rejected).toEqual([]);
  expect(second.config.sessions.map(({ name }) => name)).toContain("Global_192_0_2_9");
});

test("a fault of no object leaves everything as it is and says BIRD's words", async () => {
  const { fault } = await acceptConfig(base, async () => ({ line: 1, words: "syntax error" }));
  expect(fault).toBe("syntax error");
});

const edge = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const duration = edge("1s", "500ms", "3m", "18h12m15s", "100h", "0s", "1h8m15s", "68m16s");
const asNumber = edge<unknown>(1, 64_512, 65_535, 65_536, 4_294_967_295, "1.10", 0);
const address = edge(
  "192.0.2.1",
  "10.0.0.2",
  "0.0.0.0",
  "127.0.0.1",
  "224.0.0.5",
  "255.255.255.255",
  "169.254.1.1",
  "240.0.0.1",
  "2001:db8::1",
  "fd00::2",
  "fe80::1",
  "::1",
  "::",
  "ff02::1",
  "::ffff:192.0.2.1",
);
const name = edge("a", "0", "x.y", "a".repeat(250));
const selector = edge("", "all()", "has(rr)", "!all()");
const peerSpec = fc.record(
  {
    node: edge("", "node-1", "node-2"),
    nodeSelector: selector,
    peerIP: fc.oneof(
      address,
      address.map((one) => (one.includes(":") ? `[${one}]:1790` : `${one}:1790`)),
      edge(""),
    ),
    peerSelector: selector,
    asNumber,
    localASNumber: asNumber,
    keepOriginalNextHop: fc.boolean(),
    nextHopMode: edge("Auto", "Self", "Keep", ""),
    password: edge({ secretKeyRef: { name: "bgp", key: "mesh" } }, {}),
    sourceAddress: edge("UseNodeIP", "None"),
    maxRestartTime: duration,
    keepaliveTime: duration,
    numAllowedLocalASNumbers: edge(0, 1, 10, 2_147_483_647),
    ttlSecurity: edge(0, 1, 254, 255),
    reachableBy: address,
    reversePeering: edge("Auto", "Manual"),
  },
  { requiredKeys: [] },
);
const configurationSpec = fc.record(
  {
    logSeverityScreen: edge("Debug", "fatal", ""),
    nodeToNodeMeshEnabled: fc.boolean(),
    asNumber,
    listenPort: edge(0, 1, 179, 65_535),
    bindMode: edge("None", "NodeIP"),
    nodeMeshPassword: edge({ secretKeyRef: { name: "bgp", key: "mesh" } }),
    nodeMeshMaxRestartTime: duration,
    ignoredInterfaces: edge(["eth*"], ["a.b-c_d", "*x"], []),
    ipv4NormalRoutePriority: edge(1, 1024, 2_147_483_646),
    ipv6NormalRoutePriority: edge(1, 1024, 2_147_483_646),
  },
  { requiredKeys: [] },
);
const nodeSpec = fc.record({
  bgp: fc.record(
    {
      ipv4Address: edge("10.0.0.2/24", "10.0.0.3", "0.0.0.0", "127.0.0.1/8", "224.0.0.1", "255.255.255.255/32"),
      ipv6Address: edge("fd00::2/64", "fe80::2/64", "::1", "::", "ff02::1"),
      asNumber,
      routeReflectorClusterID: edge("1.0.0.1", "0.0.0.0", "255.255.255.255", "244.0.0.1"),
    },
    { requiredKeys: [] },
  ),
});

/** The object as the API would store it, or nothing where it refuses it. */
function stored(kind: string, name: string, spec: unknown): KubeObject[] {
  const raw = { apiVersion: "projectcalico.org/v3", kind, metadata: { name }, spec };
  const result = prepareObject(definitionOf(kind)!, raw, { operation: "create" });
  return "error" in result ? [] : [result.object];
}

test("whatever the API accepts, BIRD accepts", async () => {
  const cluster = fc.record({
    own: nodeSpec,
    others: fc.array(nodeSpec, { maxLength: 3 }),
    peers: fc.array(fc.tuple(name, peerSpec), { maxLength: 4 }),
    configuration: configurationSpec,
  });
  await fc.assert(
    fc.asyncProperty(cluster, async ({ own, others, peers, configuration }) => {
      const of = <T>(objects: readonly KubeObject[]): T[] => objects as T[]; // as their kinds' schemas made them
      const inputs: BgpInputs = {
        ...base,
        nodes: of([
          ...stored("Node", "node-1", own),
          ...others.flatMap((spec, i) => stored("Node", `node-${i + 2}`, spec)),
        ]),
        peers: of(peers.flatMap(([name, spec], i) => stored("BGPPeer", `${i}${name}`.slice(0, 253), spec))),
        configurations: of(stored("BGPConfiguration", "default", configuration)),
        passwords: new Map([["bgp/mesh", "secret"]]),
      };
      const { inputs: taken, fault } = await acceptConfig(inputs, check);
      const refused = [...(taken.refused ?? new Map<string, string>())];
      const culprits = refused.map(([key, words]) => {
        const object = [...inputs.peers, ...inputs.nodes, ...inputs.configurations].find(
          (one) => formatRef({ kind: one.kind, name: one.metadata.name }) === key,
        );
        return `${words}: ${JSON.stringify(object?.spec)}`;
      });
      expect({ fault, culprits }).toEqual({ fault: undefined, culprits: [] });
    }),
    { numRuns: Number(process.env["PERCALE_RUNS"] ?? 60) },
  );
});
