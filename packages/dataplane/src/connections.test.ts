import type { Connection } from "@percale/kernel";
import { DEFAULT_CONFIG, emptyState, take } from "@percale/policy";
import type { DataplaneConfig, Rule } from "@percale/policy";
import { expect, test } from "vitest";
import { findDenied } from "./connections.ts";

const [CLIENT, SERVER, CLOSED, IDLE, NODE, ELSEWHERE] = [
  "10.0.0.1",
  "10.0.0.2",
  "10.0.0.3",
  "10.0.0.4",
  "192.0.2.1",
  "198.51.100.7",
];
const http: Rule = { action: "allow", protocol: 6, source: {}, destination: { ports: [{ min: 80, max: 80 }] } };
const all: Rule = { action: "allow", source: {}, destination: {} };

/** A client that may do anything, a server of port 80, one that may do nothing and one that is not active. */
function nodeState(config: Partial<DataplaneConfig> = {}) {
  const state = emptyState({ ...DEFAULT_CONFIG, ...config });
  take(state, { t: "profile", profile: { name: "open", ingress: [all], egress: [all] } });
  take(state, { t: "profile", profile: { name: "server", ingress: [http], egress: [] } });
  const endpoint = (address: string, profiles: readonly string[], active = true): void => {
    const ref = { kind: "WorkloadEndpoint", namespace: "red", name: address };
    const workload = { addresses: [`${address}/32`], allowSpoofedSourcePrefixes: [] };
    const match = { by: "name", name: `cali${address}` } as const;
    take(state, { t: "endpoint", endpoint: { key: address, ref, match, active, stages: {}, profiles, workload } });
  };
  endpoint(CLIENT, ["open"]);
  endpoint(SERVER, ["server"]);
  endpoint(CLOSED, []);
  endpoint(IDLE, [], false);
  return state;
}

const tcp = (source: string, destination: string, destinationPort: number): Connection => ({
  family: 4,
  protocol: 6,
  source,
  destination,
  sourcePort: 40_000,
  destinationPort,
  tuple: Buffer.alloc(0),
  id: Buffer.alloc(0),
});

const denied = (connection: Connection, config?: Partial<DataplaneConfig>): readonly unknown[] => [
  ...findDenied([connection], nodeState(config), new Set([NODE])),
];

test.each<[what: string, source: string, destination: string, port: number, isDenied: boolean]>([
  ["both ends allow", CLIENT, SERVER, 80, false],
  ["the receiver does not allow", CLIENT, SERVER, 81, true],
  ["the sender does not allow", CLOSED, CLIENT, 80, true],
  ["somebody elsewhere begins and the receiver allows", ELSEWHERE, SERVER, 80, false],
  ["somebody elsewhere begins and the receiver does not allow", ELSEWHERE, SERVER, 81, true],
  ["a workload may begin to somewhere else", CLIENT, ELSEWHERE, 81, false],
  ["a workload may not begin to somewhere else", CLOSED, ELSEWHERE, 80, true],
  ["the node itself begins, whom workloads never judge", NODE, CLOSED, 22, false],
  ["no workload has part in", ELSEWHERE, NODE, 22, false],
  ["an endpoint that is not active had part in: nobody's address", ELSEWHERE, IDLE, 80, false],
])("a connection that %s (%s → %s, port %i) is denied: %s", (_, source, destination, port, isDenied) => {
  const connection = tcp(source, destination, port);
  expect(denied(connection)).toEqual([{ connection, isDenied }]);
});

test.each<[action: DataplaneConfig["defaultEndpointToHostAction"], isDenied: boolean]>([
  ["Drop", true],
  ["Reject", true],
  ["Accept", false],
  ["Return", false],
])("what a workload may begin goes to its own node where the default is %s: denied %s", (action, isDenied) => {
  const config = { defaultEndpointToHostAction: action };
  const [toNode, toOther, toNodeFromElsewhere] = [
    tcp(CLIENT, NODE, 22),
    tcp(CLIENT, ELSEWHERE, 22),
    tcp(ELSEWHERE, NODE, 22),
  ];
  expect(denied(toNode, config)).toEqual([{ connection: toNode, isDenied }]);
  expect(denied(toOther, config)).toEqual([{ connection: toOther, isDenied: false }]);
  expect(denied(toNodeFromElsewhere, config)).toEqual([{ connection: toNodeFromElsewhere, isDenied: false }]);
});

test("each connection is answered for, in its order", () => {
  const connections = [tcp(CLIENT, SERVER, 81), tcp(CLIENT, SERVER, 80), tcp(CLOSED, SERVER, 80)];
  const found = Array.from(findDenied(connections, nodeState(), new Set([NODE])), ({ isDenied }) => isDenied);
  expect(found).toEqual([true, false, true]);
});
