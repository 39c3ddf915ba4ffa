import { GlobalNetworkPolicy, NetworkPolicy } from "@percale/resources/catalog";
import type { UrlChange } from "../../parts/url-state.ts";

/** What a template must be told before it is a policy. */
export type Ask = "namespace" | "source" | "destination" | "port";

/** As they are typed; those that are not asked are "". */
export type Answers = Readonly<Record<Ask, string>>;

/** What a new policy can begin from: what most people write first. */
export interface Template {
  readonly id: string;
  readonly title: string;
  /** What it does once it is applied. */
  readonly effect: string;
  readonly asks: readonly Ask[];
  /** The address in which the draft begins. */
  readonly begin: (answers: Answers) => UrlChange;
}

/** The template whose source is no address of ours. */
export const OUTSIDE = "from-outside";

const EMPTY: Template = {
  id: "empty",
  title: "Empty",
  effect: "No rules yet: as it stands it denies what it is applied to.",
  asks: [],
  begin: () => ({ from: "empty" }),
};

const BY_KIND: ReadonlyMap<string, readonly Template[]> = new Map([
  [
    NetworkPolicy.kind,
    [
      {
        id: "deny-all",
        title: "Deny all in a namespace",
        effect: "Nothing reaches its workloads and they reach nothing, but what other policies allow.",
        asks: ["namespace"],
        begin: ({ namespace }) => ({ from: `deny-all/${namespace}` }),
      },
      {
        id: "app-to-app",
        title: "Allow one app to reach another",
        effect: "One rule at the destination, by the labels that both ends have.",
        asks: ["source", "destination", "port"],
        begin: ({ source, destination, port }) => ({ verdict: "Allow", src: source, dst: destination, port }),
      },
      {
        id: "allow-dns",
        title: "Allow DNS",
        effect:
          "Workloads of a namespace may ask any server on port 53. They send nothing else but what other policies allow.",
        asks: ["namespace"],
        begin: ({ namespace }) => ({ from: `allow-dns/${namespace}` }),
      },
      {
        id: OUTSIDE,
        title: "Let the outside reach an app",
        effect: "From every address that is in none of the IP pools.",
        asks: ["destination", "port"],
        begin: ({ destination, port }) => ({ from: OUTSIDE, dst: destination, port }),
      },
      EMPTY,
    ],
  ],
  [
    GlobalNetworkPolicy.kind,
    [
      {
        id: "deny-all",
        title: "Deny all, everywhere",
        effect: "Nothing reaches any workload and none reaches anything, but what other policies allow.",
        asks: [],
        begin: () => ({ from: "deny-all" }),
      },
      {
        id: "allow-dns",
        title: "Allow DNS",
        effect: "Every workload may ask any server on port 53, and send nothing else but what other policies allow.",
        asks: [],
        begin: () => ({ from: "allow-dns" }),
      },
      EMPTY,
    ],
  ],
]);

/** None where a kind has one way to begin. */
export function templatesOf(kind: string): readonly Template[] {
  return BY_KIND.get(kind) ?? [];
}

/** Whether nothing says yet what the new object begins from, and there is a choice. */
export function beginsEmptyHanded(kind: string, { get }: { readonly get: (key: string) => string | null }): boolean {
  return get("from") === null && get("verdict") === null && templatesOf(kind).length > 0;
}

/** What `from=` says: `deny-all/shop`. */
export function parseFrom(text: string | null): { readonly id: string; readonly namespace: string | undefined } {
  const [id = "", namespace] = text?.split("/") ?? [];
  return { id, namespace };
}

const DNS = ["UDP", "TCP"].map((protocol) => ({ action: "Allow", protocol, destination: { ports: [53] } }));

/** Name and spec of the policies that need nothing but a place. */
export const SPECS: ReadonlyMap<string, { readonly name: string; readonly spec: object }> = new Map([
  ["deny-all", { name: "deny-all", spec: { selector: "all()", types: ["Ingress", "Egress"] } }],
  ["allow-dns", { name: "allow-dns", spec: { selector: "all()", types: ["Egress"], egress: DNS } }],
]);
