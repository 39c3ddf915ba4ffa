import { describe, expect, test } from "vitest";
import { bgpSessionsOf, birdStatusOf, renderBirdConfig, ReplyReader, sessionsOf } from "./index.ts";
import { clusters } from "./testdata/clusters.ts";

describe.each(Object.entries(clusters))("cluster %s", (name, inputs) => {
  test("renders as its golden", async () => {
    await expect(renderBirdConfig(inputs).text).toMatchFileSnapshot(`testdata/${name}.conf`);
  });

  test("renders the same whatever the order of its inputs", () => {
    const reversed = {
      ...inputs,
      nodes: inputs.nodes.toReversed(),
      pools: inputs.pools.toReversed(),
      affinities: inputs.affinities.toReversed(),
      peers: inputs.peers.toReversed(),
    };
    expect(renderBirdConfig(reversed).text).toBe(renderBirdConfig(inputs).text);
  });
});

test("both ends of a mesh session agree who connects", () => {
  const inputs = clusters["mesh"]!;
  const passive = (node: string, peer: string) =>
    sessionsOf({ ...inputs, node }).sessions.find(({ peerNode, family }) => peerNode === peer && family === 4)?.passive;
  expect(passive("node-1", "node-2")).toBe(true);
  expect(passive("node-2", "node-1")).toBe(false);
});

test("a route reflector is nobody's mesh peer, and reflects to nodes without its cluster ID", () => {
  const { sessions } = sessionsOf(clusters["reflectors"]!);
  const summary = sessions.filter(({ family }) => family === 4).map(({ name, rrClusterId }) => [name, rrClusterId]);
  expect(summary).toEqual([
    ["Node_10_0_0_2", undefined],
    ["Node_10_0_0_3", "1.0.0.1"],
  ]);
});

test("what cannot be programmed names its object and the reason; the rest stays", () => {
  const { sessions, rejected } = sessionsOf(clusters["peers"]!);
  expect(rejected.map(({ ref, message }) => `${ref.name}: ${message}`)).toEqual([
    "no-as: spec.asNumber: is required, 10.0.0.253 is no node's address",
    "secret: secret gone has no key x",
    "z-again: 10.0.0.254 port 1179: tor has this session already",
  ]);
  expect(sessions.map(({ name }) => name)).toContain("Global_10_0_0_254_port_1179");
});

test("an address that two nodes claim is the older one's, whatever the order they come in, and the other is told of", () => {
  const base = clusters["mesh"]!;
  const aged = (name: string, day: number, ipv4Address: string) => ({
    ...base.nodes[1]!,
    metadata: { name, creationTimestamp: `2026-01-0${day}T00:00:00Z` },
    spec: { bgp: { ipv4Address, asNumber: 65_000 + day } },
  });
  const me = aged("node-1", 1, "10.0.0.1/24");
  const nodes = [me, aged("a-clone", 3, "10.0.0.2/24"), aged("node-2", 2, "10.0.0.2/24"), aged("a-me", 3, "10.0.0.1")];
  for (const order of [nodes, nodes.toReversed()]) {
    const { sessions, rejected } = sessionsOf({ ...base, nodes: order });
    expect(sessions.map(({ name, peerNode, remoteAs }) => [name, peerNode, remoteAs])).toEqual([
      ["Mesh_10_0_0_2", "node-2", 65_002],
    ]);
    expect(rejected.map(({ ref, message }) => `${ref.name}: ${message}`)).toEqual([
      "a-clone: 10.0.0.2 is the address of node-2, too: no session of the mesh",
      "a-me: 10.0.0.1 is the address of node-1, too: no session of the mesh",
    ]);
  }
});

test.each([
  ["é".repeat(40), []],
  ["é".repeat(41), ["a BGP password has at most 80 bytes"]],
])("a password is measured in bytes: %s", (password, expected) => {
  const spec = { nodeMeshPassword: { secretKeyRef: { name: "bgp", key: "mesh" } } };
  const configuration = {
    ...clusters["mesh"]!.nodes[0]!,
    kind: "BGPConfiguration",
    metadata: { name: "default" },
    spec,
  };
  const passwords = new Map([["bgp/mesh", password]]);
  const { rejected } = sessionsOf({ ...clusters["mesh"]!, configurations: [configuration], passwords });
  expect(rejected.map(({ message }) => message)).toEqual(expected);
});

test("a line of the configuration leads to its object", () => {
  const config = renderBirdConfig(clusters["peers"]!);
  const line = config.text.split("\n").findIndex((text) => text.includes("Node_fd00__fe")) + 1;
  expect(config.objectAtLine(line + 2)).toEqual({ kind: "BGPPeer", name: "tor-6" });
  expect(config.objectAtLine(1)).toBeUndefined();
});

const SHOW = `0001 BIRD 2.0.12 ready.
1000-BIRD 2.0.12
1011-Router ID is 10.0.0.1
 Hostname is vm
 Last reboot on 2026-11-21 11:44:10.294
 Last reconfiguration on 2026-11-21 11:44:11.000
0024-Graceful restart recovery in progress
   Waiting for 2 channels to recover
0013 Daemon is up and running
+Mesh_10_0_0_2: BGP session established
2002-Name       Proto      Table      State  Since         Info
1002-device1    Device     ---        up     2026-11-21 11:44:10.294${"  "}
1006-
1002-Mesh_10_0_0_2 BGP        ---        up     2026-11-21 11:44:12.294  Established${"   "}
1006-  BGP state:          Established
     Neighbor address: 10.0.0.2
   Channel ipv4
     State:          UP
     Routes:         2 imported, 4 filtered, 3 exported, 1 preferred
     Hold timer:       181.837/240
     Keepalive timer:  70.426/80
     Last error:       Socket: Connection refused
1002-Mesh_10_0_0_3 BGP        ---        start  2026-11-21 11:44:10.294  Active        Socket: Connection refused
1006-  BGP state:          Active
     Last error:       Socket: Connection refused
0000${" "}
`;

test("replies come whole, however the socket cuts them; events go apart", () => {
  for (const size of [1, 7, 10_000]) {
    const reader = new ReplyReader();
    const parts = Array.from({ length: Math.ceil(SHOW.length / size) }, (_, i) =>
      reader.push(SHOW.slice(i * size, (i + 1) * size)),
    );
    expect(parts.flatMap(({ replies }) => replies.map(({ code }) => code))).toEqual([1, 13, 0]);
    expect(parts.flatMap(({ events }) => events)).toEqual(["Mesh_10_0_0_2: BGP session established"]);
  }
});

test("status and sessions are read out of BIRD's text", () => {
  const [, status, protocols] = new ReplyReader().push(SHOW).replies;
  expect(birdStatusOf(status!)).toEqual({
    version: "2.0.12",
    routerID: "10.0.0.1",
    lastReboot: "2026-11-21 11:44:10.294",
    lastReconfiguration: "2026-11-21 11:44:11.000",
    isRecovering: true,
  });
  const { sessions } = sessionsOf(clusters["mesh"]!);
  const [up, refused, missing] = bgpSessionsOf(protocols!, sessions);
  expect(up).toEqual({
    peerIP: "10.0.0.2",
    peerNode: "node-2",
    type: "NodeMesh",
    asNumber: 64512,
    state: "Established",
    since: "2026-11-21T11:44:12.294Z",
    info: "", // the last error is of before
    routesImported: 2,
    routesExported: 3,
    routesFiltered: 4,
    localASNumber: 64512,
    localIP: "10.0.0.1",
    port: 179,
    passive: true,
    hasPassword: false,
    holdSeconds: 240,
    keepaliveSeconds: 80,
  });
  expect(refused).toMatchObject({ state: "Active", info: "Socket: Connection refused" });
  expect(missing).toMatchObject({ peerIP: "fd00::2", state: "Idle", since: "", info: "" });
});

test.each([
  [
    "waits because of an error",
    "start",
    ["BGP state: Idle", "Error wait: 2.0/5", "Last error: BGP Error: Bad peer AS"],
    "BGP Error: Bad peer AS",
  ],
  [
    "waits after a failed connection",
    "start",
    ["BGP state: Active", "Last error: Socket: Connection refused"],
    "Socket: Connection refused",
  ],
  ["is disabled", "down", ["BGP state: Down"], "Disabled"],
  ["is connecting again", "start", ["BGP state: Connect", "Last error: BGP Error: Bad peer AS"], ""],
  ["waits for its peer", "start", ["BGP state: Passive", "Last error: Received: Other configuration change"], ""],
  ["is being opened", "start", ["BGP state: OpenConfirm", "Last error: Socket: Connection refused"], ""],
])("BIRD's last error of a session that %s is told only if it is the reason now", (_, state, details, info) => {
  const row = { code: 1002, text: `Mesh_10_0_0_2 BGP --- ${state} 2026-11-21 11:44:10.294 x` };
  const lines = [row, ...details.map((text) => ({ code: 1006, text }))];
  const [session] = bgpSessionsOf({ code: 0, lines }, sessionsOf(clusters["mesh"]!).sessions);
  expect(session?.info).toBe(info);
});
