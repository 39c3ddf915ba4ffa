import { execFileSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { BGP_GRACE_MS, diagnoseBgp } from "./index.ts";
import type { BgpInputs, BgpPeerObject, BgpReport } from "./index.ts";
import { RealBird } from "./testdata/real-bird.ts";

const [a, b] = [new RealBird("a"), new RealBird("b")];
const birds = [a, b];
const ADDRESSES = { a: "192.0.2.1", b: "192.0.2.2" } as const;

beforeAll(() => {
  const ip = (...args: string[]): Buffer => execFileSync("ip", args);
  ip("-n", a.netns, "link", "add", "wire0", "type", "veth", "peer", "name", "wire0", "netns", b.netns);
  ip("-n", a.netns, "addr", "add", `${ADDRESSES.a}/24`, "dev", "wire0");
  ip("-n", b.netns, "addr", "add", `${ADDRESSES.b}/24`, "dev", "wire0");
  for (const { netns } of birds) ip("-n", netns, "link", "set", "wire0", "up");
});
afterAll(async () => {
  for (const bird of birds) await bird.remove();
});

/** One node's cluster: it alone has a BGPPeer, for the other one. What it makes of the session may differ from what the other one does. */
function inputs(node: "a" | "b", spec: Partial<BgpPeerObject["spec"]>, nodeToNodeMeshEnabled = false): BgpInputs {
  const object = <S>(kind: string, name: string, of: S) => ({
    apiVersion: "projectcalico.org/v3",
    kind,
    metadata: { name },
    spec: of,
  });
  const peerIP = ADDRESSES[node === "a" ? "b" : "a"];
  return {
    node,
    nodes: (["a", "b"] as const).map((name) => object("Node", name, { bgp: { ipv4Address: `${ADDRESSES[name]}/24` } })),
    pools: [],
    affinities: [],
    configurations: [object("BGPConfiguration", "default", { nodeToNodeMeshEnabled })],
    peers: [object("BGPPeer", `of-${node}`, { node, peerIP, reversePeering: "Manual" as const, ...spec })],
    passwords: new Map([
      ["bgp/one", "one"],
      ["bgp/other", "other"],
    ]),
    sha256: () => Uint8Array.of(1, 2, 3, 4),
  };
}
const configure = async (ofA: Partial<BgpPeerObject["spec"]>, ofB: Partial<BgpPeerObject["spec"]>): Promise<void> => {
  await a.configure(inputs("a", ofA));
  await b.configure(inputs("b", ofB));
};
const password = (key: string) => ({ password: { secretKeyRef: { name: "bgp", key } } });

/** Looks once a second, as an agent does in its way, until the diagnosis is this. */
async function untilCauses(expected: readonly string[], only?: "a" | "b"): Promise<readonly BgpReport[]> {
  for (const end = Date.now() + 90_000; ; await delay(1_000)) {
    const reports = await Promise.all(birds.map((bird) => bird.report()));
    const seen = reports.filter(({ node }) => only === undefined || node === only);
    const now = Date.now() + BGP_GRACE_MS; // the grace time is the unit test's
    const causes = diagnoseBgp({ reports: seen, now, hasDefaultConfiguration: true }).map(({ reason }) => reason);
    if (JSON.stringify(causes) === JSON.stringify(expected)) return reports;
    if (Date.now() > end) expect(causes).toEqual(expected);
  }
}
const infos = (reports: readonly BgpReport[]) => reports.map(({ sessions }) => sessions[0]?.info);

beforeEach(async () => {
  await configure({}, {});
  for (const bird of birds) await expect.poll(() => standing(bird), { timeout: 90_000 }).toEqual(["Established", ""]);
  await untilCauses([]);
});
async function standing(bird: RealBird) {
  const [session] = (await bird.report()).sessions;
  return [session?.state, session?.info];
}

test("a wrong AS is told while it is the reason; then cured, then a wrong password, it is not told again", async () => {
  await configure({ asNumber: 64999 }, {});
  await untilCauses(["a expects AS 64999 of b, which has AS 64512."]);
  await untilCauses(["a expects AS 64999 of b, which has another one."], "a");
  const broken = await untilCauses(["a expects another AS than b has (AS 64512)."], "b");
  expect(infos(broken)).toEqual(["BGP Error: Bad peer AS", "Received: Bad peer AS"]);
  await configure({}, {});
  await untilCauses([]);
  await configure(password("one"), password("other"));
  const refused = await untilCauses(["a and b have different passwords: a kernel refuses the other's signature."]);
  expect(infos(refused).join()).not.toContain("Bad peer AS");
});

test("a password at one end only", async () => {
  await configure(password("one"), {});
  await untilCauses(["a has a password for this session, b has none."]);
  await untilCauses(["a seems to have a password, b has none."], "b");
});

test("TTL security at one end only", async () => {
  await configure({}, { ttlSecurity: 1 });
  await untilCauses(["b has TTL security (1 hop), a has not."]);
});

test("a BIRD that was stopped", async () => {
  await b.stop();
  await untilCauses(["BIRD does not run on b."]);
  await untilCauses(["Nothing listens on port 179 of b."], "a");
});

test("a peer that the mesh has already", async () => {
  await a.configure(inputs("a", {}, true));
  await b.configure(inputs("b", {}, true));
  await untilCauses(["a has two sessions with 192.0.2.2, and BIRD runs one of them."]);
});

test("an address that is gone", async () => {
  execFileSync("ip", ["-n", b.netns, "addr", "del", `${ADDRESSES.b}/24`, "dev", "wire0"]);
  await configure({ keepaliveTime: "1s" }, {}); // a session that stands would last for the hold time
  await untilCauses(["a cannot reach b: no route, or nobody there has that address."], "a");
  execFileSync("ip", ["-n", b.netns, "addr", "add", `${ADDRESSES.b}/24`, "dev", "wire0"]);
});

test("what BIRD agreed on and exchanged is told of a session that stands", async () => {
  const [first] = await untilCauses([]);
  const { since, ...session } = first!.sessions[0]!;
  expect(Date.parse(since)).toBeGreaterThan(Date.now() - 300_000);
  expect(session).toEqual({
    peerIP: ADDRESSES.b,
    peerNode: "b",
    type: "NodePeer",
    asNumber: 64512,
    localASNumber: 64512,
    localIP: ADDRESSES.a,
    port: 179,
    passive: false,
    hasPassword: false,
    ref: { kind: "BGPPeer", name: "of-a" },
    state: "Established",
    info: "",
    routesImported: 0,
    routesFiltered: 0,
    routesExported: 0,
    holdSeconds: 240,
    keepaliveSeconds: 80,
    flaps: expect.any(Number),
  });
});
