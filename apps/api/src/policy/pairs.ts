import type { Evaluator, Query } from "@percale/policy";
import { badRequest, WorkloadEndpoint } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { MatrixPort } from "../trpc/views.ts";
import { exactPeer } from "./peer.ts";

const MAX_QUESTIONS = 500_000;

/** Who asks whom, on which port: one cell of a matrix. */
export interface Pair extends MatrixPort {
  readonly from: string;
  readonly to: string;
}

export interface AskedPort {
  readonly protocol: string | number;
  readonly port?: number | undefined;
}

/** What each workload endpoint serves, by `namespace/name`. */
export type Endpoints = ReadonlyMap<string, readonly MatrixPort[]>;

export function endpointsOf({ objects }: Evaluator): Endpoints {
  const endpoints = [...objects.list(WorkloadEndpoint.kind)] as WorkloadEndpoint[];
  return new Map(endpoints.map((endpoint) => [keyOf(endpoint), portsOf(endpoint)]));
}

/** What a workload says it serves; an echo request stands for one that says nothing. */
function portsOf({ spec }: WorkloadEndpoint): readonly MatrixPort[] {
  const ports = (spec.ports ?? []).map(({ protocol, port }) => ({ protocol: String(protocol), port }));
  return ports.length > 0 ? ports : [{ protocol: "ICMP" }];
}

/** Everybody with everybody else. Throws StatusError 400 if that is too much to ask. */
export function allPairs(endpoints: Endpoints, ports: readonly AskedPort[] | undefined): Pair[] {
  const targets = [...endpoints.values()];
  refuseMany((targets.length - 1) * targets.reduce((sum, own) => sum + (ports ?? own).length, 0));
  const names = [...endpoints.keys()];
  const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to })));
  return givenPairs(pairs, endpoints, ports);
}

/** On these ports, or on those that the target serves. Throws StatusError 400 if that is too much to ask. */
export function givenPairs(
  pairs: readonly { readonly from: string; readonly to: string }[],
  endpoints: Endpoints,
  ports: readonly AskedPort[] | undefined,
): Pair[] {
  const given = ports?.map(({ protocol, port }) => ({
    protocol: String(protocol),
    ...(port !== undefined && { port }),
  }));
  const portsTo = (to: string): readonly MatrixPort[] => given ?? endpoints.get(to) ?? [{ protocol: "ICMP" }];
  refuseMany(pairs.reduce((sum, { to }) => sum + portsTo(to).length, 0));
  return pairs.flatMap(({ from, to }) => portsTo(to).map((port) => ({ from, to, ...port })));
}

/** Before they are made: of a thousand endpoints there would be more than memory holds. */
function refuseMany(count: number): void {
  if (count > MAX_QUESTIONS)
    throw badRequest(`${count} questions are more than ${MAX_QUESTIONS}: ask for fewer pairs or ports`);
}

export function queryOf({ from, to, protocol, port }: Pair): Query {
  // Protocols come from endpoints' own ports or from the question; the evaluator refuses what it does not know.
  return { from: exactPeer(from), to: exactPeer(to), protocol, ...(port !== undefined && { port }) };
}

export function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
