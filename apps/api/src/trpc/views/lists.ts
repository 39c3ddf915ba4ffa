import type { KubeObject, ObjectRef, PolicyRule } from "@percale/resources";

/** A part of a list that the server filters and sorts. */
export interface Listed<Row> {
  readonly rows: readonly Row[];
  /** How many there are behind the filters, and without them. */
  readonly matched: number;
  readonly total: number;
  readonly revision: number;
}

/** A workload endpoint in a list. */
export interface EndpointRowView {
  /** `namespace/name` of the object. */
  readonly key: string;
  readonly namespace: string;
  /** What people call it: the pod or the workload. */
  readonly name: string;
  readonly objectName: string;
  readonly node: string;
  readonly addresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export type EndpointListView = Listed<EndpointRowView>;

export interface EndpointView {
  /** Null: nobody is meant. */
  readonly found: { readonly row: EndpointRowView; readonly object: KubeObject } | null;
  readonly revision: number;
}

/** In the order of the kind's columns that are always shown; a date is RFC 3339. */
export type ObjectCell = string | number | boolean | null;

export type ObjectRowsView = Listed<{ readonly ref: ObjectRef; readonly cells: readonly ObjectCell[] }>;

/** What a text finds, the first few of each sort. */
export interface SearchView {
  /** Of the address that the text is. */
  readonly owners: readonly EndpointRowView[];
  /** By name, address or label, without those owners. */
  readonly endpoints: readonly EndpointRowView[];
  /** Of kinds that are searched, by name, net or peer. */
  readonly objects: readonly ObjectRef[];
  /** Others of them, by a text in a field; of each the first field. */
  readonly texts: readonly FoundText[];
  /** Of the autonomous system that the text names. */
  readonly speakers: readonly ObjectRef[];
  /** The cluster's nodes are in it, where nothing else is said. */
  readonly isOwnAs: boolean;
  /** Of a text such as `deny 443 shop`. */
  readonly rules: readonly FoundRule[];
  readonly revision: number;
}

export interface FoundText {
  readonly ref: ObjectRef;
  /** `spec.ingress[0].source.nets[1]` */
  readonly field: string;
  /** What stands there, as much of it as a row shows. */
  readonly text: string;
}

export interface FoundRule {
  /** Of the policy. */
  readonly ref: ObjectRef;
  readonly direction: "ingress" | "egress";
  readonly index: number;
  /** Long lists in it with their first items, and `…`. */
  readonly rule: PolicyRule;
}
