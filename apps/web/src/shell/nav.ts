import type { IconName } from "../parts/icon.tsx";

export interface NavEntry {
  readonly href: string;
  readonly title: string;
  readonly icon: IconName;
  /** Second key after `g`. */
  readonly key?: string;
  /** Other first path segments that belong to this entry. */
  readonly also?: readonly string[];
}

export interface NavGroup {
  readonly title?: string;
  readonly entries: readonly NavEntry[];
}

export const NAV: readonly NavGroup[] = [
  { entries: [{ href: "/", title: "Overview", icon: "overview", key: "o" }] },
  {
    title: "Policy",
    entries: [
      {
        href: "/policies",
        title: "Policies",
        icon: "policies",
        key: "p",
        also: ["networkpolicies", "globalnetworkpolicies", "tiers"],
      },
      { href: "/globalnetworksets", title: "Network sets", icon: "sets", also: ["networksets"] },
      { href: "/profiles", title: "Profiles", icon: "checks" },
    ],
  },
  {
    title: "Traffic",
    entries: [
      { href: "/reach", title: "Reach", icon: "reach", key: "r" },
      { href: "/matrix", title: "Matrix", icon: "matrix", key: "m" },
    ],
  },
  {
    title: "Network",
    entries: [
      { href: "/endpoints", title: "Endpoints", icon: "endpoints", key: "e", also: ["workloadendpoints"] },
      { href: "/ippools", title: "IP pools", icon: "pools", key: "i" },
      { href: "/bgp", title: "BGP", icon: "bgp", key: "b", also: ["bgppeers", "bgpconfigurations"] },
      { href: "/nodes", title: "Nodes", icon: "nodes", key: "n" },
    ],
  },
  {
    title: "System",
    entries: [
      { href: "/activity", title: "Activity", icon: "activity", key: "a" },
      { href: "/health", title: "Health", icon: "health", key: "h" },
      { href: "/access", title: "Access", icon: "access" },
      { href: "/settings", title: "Settings", icon: "settings", also: ["felixconfigurations", "clusterinformations"] },
    ],
  },
];

const ALL = NAV.flatMap((group) => group.entries);

/** The entry that a path belongs to; undefined for a page outside the rail. */
export function entryOf(pathname: string): NavEntry | undefined {
  const [first = "", second = ""] = pathname.split("/").slice(1);
  const segment = first === "new" ? second : first;
  return ALL.find((entry) => entry.href === `/${segment}` || (segment !== "" && entry.also?.includes(segment)));
}

/** Where `g` and then this key goes. */
export function jumpTarget(key: string): string | undefined {
  return ALL.find((entry) => entry.key === key)?.href;
}

/** Pages with a picture and a panel use the slim rail. */
const SLIM = new Set(["policies", "reach", "matrix", "ippools", "bgp"]);

export function prefersSlimRail(pathname: string): boolean {
  return SLIM.has(pathname.split("/")[1] ?? "");
}
