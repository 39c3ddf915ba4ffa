import type { JsonSchema, KubeObject } from "@percale/resources";

export interface KindView {
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly description: string;
  /** Agents and IPAM write it; people only look. */
  readonly internal: boolean;
  readonly readOnly: boolean;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly description: string;
    readonly priority: number;
  }[];
  /** OpenAPI v3 schema of the whole object: for forms, completion and validation. */
  readonly schema: JsonSchema;
}

export interface ObjectListView {
  readonly items: readonly KubeObject[];
  /** Of the first page; the others are as of it too. */
  readonly revision: number;
  /** Absent on the last page; what to ask for next. */
  readonly next?: ListPosition;
}

/** Where a list goes on: after this object, as of the revision. */
export interface ListPosition {
  readonly revision: number;
  readonly namespace?: string;
  readonly name: string;
}
