export type SelectorView =
  | {
      readonly ok: false;
      readonly message: string;
      readonly offset: number;
      readonly field: "selector" | "namespaceSelector" | "serviceAccountSelector";
    }
  | {
      readonly ok: true;
      /** Endpoints, and the namespaces that they are in. */
      readonly count: number;
      readonly namespaces: number;
      /** `namespace/name` of the first of them, and what people call those. */
      readonly endpoints: readonly string[];
      readonly called: readonly string[];
      /** `kind/namespace/name` of the first of them. */
      readonly sets: readonly string[];
    };

/** What endpoints are known by, the most used first. */
export interface TermsView {
  readonly namespaces: readonly { readonly name: string; readonly endpoints: number }[];
  readonly labels: readonly { readonly key: string; readonly value: string; readonly endpoints: number }[];
  readonly revision: number;
}
