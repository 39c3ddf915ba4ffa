import { API_VERSION } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { Family, Place } from "./scenario.ts";

export const NAMESPACE = "red";
export const ORDINARY_PROFILE = "open";

const ADDRESSES: Readonly<Record<Place, Readonly<Record<Family, string>>>> = {
  a1: { 4: "10.0.1.1", 6: "fd00:1::1" },
  a2: { 4: "10.0.1.2", 6: "fd00:1::2" },
  b1: { 4: "10.0.2.1", 6: "fd00:2::1" },
  X: { 4: "192.0.2.9", 6: "2001:db8::9" },
  hA: { 4: "192.0.2.1", 6: "2001:db8::1" },
  hB: { 4: "192.0.2.2", 6: "2001:db8::2" },
};

export type Workload = "a1" | "a2" | "b1";
export const WORKLOADS: readonly Workload[] = ["a1", "a2", "b1"];

export function addressOf(place: Place, family: Family): string {
  return ADDRESSES[place][family];
}

/** `/32` or `/128`. */
export function hostNet(place: Place, family: Family): string {
  return `${ADDRESSES[place][family]}/${family === 4 ? 32 : 128}`;
}

export function nodeOf(workload: Workload): "A" | "B" {
  return workload === "b1" ? "B" : "A";
}

export function object(kind: string, name: string, spec: object, metadata: object = {}): KubeObject {
  return { apiVersion: API_VERSION, kind, metadata: { name, ...metadata }, spec };
}

export function profile(name: string, spec: object = {}): KubeObject {
  return object("Profile", name, spec);
}

export function workloadName(workload: Workload): string {
  return `${nodeOf(workload)}-cni-${workload}-eth0`;
}

export interface WorkloadOptions {
  /** Of Kubernetes' pods `k8s`. */
  readonly orchestrator?: string;
  readonly profiles?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly ports?: readonly { readonly name: string; readonly protocol: string; readonly port: number }[];
  readonly serviceAccountName?: string;
  readonly allowSpoofedSourcePrefixes?: readonly string[];
}

export function workload(
  name: Workload,
  { labels, profiles = [ORDINARY_PROFILE], ...rest }: WorkloadOptions = {},
): KubeObject {
  return object(
    "WorkloadEndpoint",
    workloadName(name),
    {
      orchestrator: "cni",
      node: nodeOf(name),
      containerID: name,
      endpoint: "eth0",
      interfaceName: `cali${name}`,
      ipNetworks: [hostNet(name, 4), hostNet(name, 6)],
      profiles,
      ...rest,
    },
    {
      namespace: NAMESPACE,
      labels: {
        app: name,
        "projectcalico.org/namespace": NAMESPACE,
        "projectcalico.org/orchestrator": "cni",
        ...labels,
      },
    },
  );
}

/** Two nodes, three workloads, one profile that allows everything, the built-in tiers. */
export const baseTopology: readonly KubeObject[] = [
  object("Tier", "kube-admin", { order: 1000, defaultAction: "Pass" }),
  object("Tier", "default", { order: 1_000_000, defaultAction: "Deny" }),
  object("Tier", "kube-baseline", { order: 10_000_000, defaultAction: "Pass" }),
  object("Node", "A", { bgp: { ipv4Address: "192.0.2.1/24", ipv6Address: "2001:db8::1/64" } }),
  object("Node", "B", { bgp: { ipv4Address: "192.0.2.2/24", ipv6Address: "2001:db8::2/64" } }),
  profile(ORDINARY_PROFILE, { ingress: [{ action: "Allow" }], egress: [{ action: "Allow" }] }),
  ...WORKLOADS.map((name) => workload(name)),
];
