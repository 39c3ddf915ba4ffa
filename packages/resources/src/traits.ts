/** What others need to know of a kind so that none of them has to know the kind. Each kind says it of itself; `registry.ts` answers questions. */

import type { SettingGroup } from "./settings.ts";

/** Parts that are made of objects: a node's calculation graph and BIRD, addresses, tunnels, and answers about packets. */
export type Reader = "graph" | "bird" | "ipam" | "tunnels" | "evaluator";

export interface Traits {
  /** A policy: of those in force, or tried out beside them. */
  readonly policy?: "enforced" | "staged";
  /** It stands in the tier that its spec names, and its spec has the tiered policies' fields. */
  readonly tiered?: boolean;
  /** It has addresses under labels, as something that sends packets or as a mere set: selectors make it a member of address sets. */
  readonly member?: "endpoint" | "set";
  readonly readBy?: readonly Reader[];
  /**
   * Fields that its readers on any node need, beside apiVersion, kind, name and namespace: a section, or one field of it. Absent: none, an
   * object is read on its own node alone, or asked for by name.
   */
  readonly shared?: readonly string[];
  /** Where an object says which node's it is: that one gets it whole. */
  readonly node?: { readonly field: string; readonly prefix?: string };
  /** Written by IPAM as workloads come and go: no news to people, and not turned back with what they wrote. */
  readonly bookkeeping?: boolean;
  /** Comes along with the first object that needs it, and by then others may need it too. */
  readonly implied?: boolean;
  /** Losing most of them at once is more likely a fault than a wish: an agent waits before it believes it. */
  readonly guarded?: boolean;
  /** What a log prefix calls it (`%k`). Source: projectcalico/calico `felix/rules`. */
  readonly logWord?: string;
  /** What calicoctl calls it beside its short names; kubectl is not told, where some are Kubernetes' own. */
  readonly aliases?: readonly string[];
}

/** How the dashboard shows a kind. Absent: a list and a page of its own, which nothing leads to but search and links. */
export interface Looks {
  /** One of the dashboard's icons. Absent: the general one. */
  readonly icon?: string;
  /** The page that it belongs to, where it has not one of its own: `policies`. */
  readonly page?: string;
  /** An entry of its own in this group of the rail, behind the group's pages. Its twin's objects are reached from there too. */
  readonly menu?: { readonly group: MenuGroup; readonly title: string; readonly icon: string };
  /** Search finds its objects by name. */
  readonly searched?: boolean;
  /** A configuration, shown on the settings page in these groups. */
  readonly settings?: { readonly title: string; readonly groups: readonly SettingGroup[] };
  /** The spec that a new one begins with. */
  readonly template?: Readonly<Record<string, unknown>>;
}

export type MenuGroup = "Policy" | "Traffic" | "Network" | "System";

/** A kind in running text. */
export interface KindWords {
  readonly one: string;
  readonly many: string;
}

/** `global network policy`, `global network policies`, from the kind's own name. */
export function kindWordsOf(kind: string): KindWords {
  const one = splitWords(kind)
    .map((word) => (isAbbreviation(word) ? word : word.toLowerCase()))
    .join(" ");
  return { one, many: `${one}s`.replace(/ys$/, "ies") };
}

/** `IPAMBlock` → IPAM, Block. */
function splitWords(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(" ");
}

function isAbbreviation(word: string): boolean {
  return /^[A-Z]{2,}$/.test(word);
}
