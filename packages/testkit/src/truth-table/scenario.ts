import type { KubeObject, ObjectRef } from "@percale/resources";

export type Family = 4 | 6;
export const FAMILIES: readonly Family[] = [4, 6];

/** Workloads a1, a2 (node A), b1 (node B); an outside host on the nodes' segment; processes on the nodes themselves. */
export type Place = "a1" | "a2" | "b1" | "X" | "hA" | "hB";

export type Proto = "tcp" | "udp" | "sctp" | "icmp" | number;

/** A: arrives and is answered. D: nothing arrives. R: refused with a TCP reset. */
export type Verdict = "A" | "D" | "R";

/** The first packet of a connection. `icmp` is ICMP of the family; without `icmp` it is an echo request. */
export interface Probe {
  readonly from: Place;
  readonly to: Place;
  readonly proto: Proto;
  readonly port?: number;
  readonly sourcePort?: number;
  readonly icmp?: { readonly type: number; readonly code: number };
  /** Sent from another address than the place's own. */
  readonly sourceAddress?: string;
  /** Only in these families; both if absent. */
  readonly families?: readonly Family[];
  readonly expect: Verdict;
}

/** A live change and what is true of new connections after it. */
export interface Step {
  readonly title: string;
  readonly put?: readonly KubeObject[];
  readonly remove?: readonly ObjectRef[];
  readonly probes: readonly Probe[];
}

/** A row of the truth table. `objects` come on top of the base topology; one with the name of a base object replaces it. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** Families it is about; both if absent. */
  readonly families?: readonly Family[];
  objects(family: Family): readonly KubeObject[];
  probes(family: Family): readonly Probe[];
  steps?(family: Family): readonly Step[];
}
