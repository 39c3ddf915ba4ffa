/** What the lab says of itself: the answer to `status`, and how names become addresses. Pure. */
import { isIPv6 } from "node:net";
import type { WorkloadPort } from "./shop.ts";

export interface NodeStatus {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly agent: "running" | "starting";
  readonly agentPid?: number;
  readonly agentRestarts: number;
}

export interface WorkloadStatus {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  /** Without prefix lengths, IPv4 first. */
  readonly addresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly WorkloadPort[];
  /** Of the workload's own process: `exec` enters by it. */
  readonly pid: number;
}

export interface HostStatus {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly ports: readonly WorkloadPort[];
  readonly pid: number;
}

export interface LabStatus {
  readonly state: "starting" | "ready" | "stopping";
  /** What it is busy with. */
  readonly progress: string;
  /** Lives in a user namespace of its own. */
  readonly rootless: boolean;
  readonly daemonPid: number;
  readonly nodes: readonly NodeStatus[];
  readonly workloads: readonly WorkloadStatus[];
  readonly outside?: HostStatus;
}

/** One end of a probe. */
export interface End {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly ports: readonly WorkloadPort[];
}

export function endsOf(status: LabStatus): End[] {
  const nodes = status.nodes.map(({ name, addresses }) => ({ name, addresses, ports: [] }));
  return [...status.workloads, ...(status.outside === undefined ? [] : [status.outside]), ...nodes];
}

/** By `name`, `namespace/name` or an address that one of them has. */
export function findEnd(status: LabStatus, text: string): End | undefined {
  const bare = status.workloads.find(({ namespace, name }) => text === `${namespace}/${name}`);
  return bare ?? endsOf(status).find(({ name, addresses }) => name === text || addresses.includes(text));
}

export function addressOf({ addresses }: End, family: 4 | 6): string | undefined {
  return addresses.find((address) => isIPv6(address) === (family === 6));
}
