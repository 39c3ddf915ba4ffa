import { definitionByPlural, type MenuGroup, kinds, twinOf } from "@percale/resources/catalog";
import type { IconName } from "../parts/icon.tsx";

export interface NavEntry {
  readonly href: string;
  readonly title: string;
  readonly icon: IconName;
  /** Second key after `g`. */
  readonly key?: string;
}

export interface NavGroup {
  readonly title?: string;
  readonly entries: readonly NavEntry[];
}

/** Pages that are about a task, by group. What kinds bring along stands behind them. */
const PAGES: readonly { readonly title?: MenuGroup; readonly entries: readonly NavEntry[] }[] = [
  { entries: [{ href: "/", title: "Overview", icon: "overview", key: "o" }] },
  { title: "Policy", entries: [{ href: "/policies", title: "Policies", icon: "policies", key: "p" }] },
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
      { href: "/endpoints", title: "Endpoints", icon: "endpoints", key: "e" },
      { href: "/ippools", title: "IP pools", icon: "pools", key: "i" },
      { href: "/bgp", title: "BGP", icon: "bgp", key: "b" },
      { href: "/nodes", title: "Nodes", icon: "nodes", key: "n" },
    ],
  },
  {
    title: "System",
    entries: [
      { href: "/activity", title: "Activity", icon: "activity", key: "a" },
      { href: "/health", title: "Health", icon: "health", key: "h" },
      { href: "/access", title: "Access", icon: "access" },
      { href: "/settings", title: "Settings", icon: "settings" },
    ],
  },
];

export const NAV: readonly NavGroup[] = PAGES.map((group) => ({
  ...group,
  entries: [...group.entries, ...(group.title === undefined ? [] : kindEntries(group.title))],
}));

/** Entries that lead to lists of kinds. */
function kindEntries(group: MenuGroup): readonly NavEntry[] {
  return kinds.flatMap(({ plural, looks: { menu } }) =>
    menu?.group === group ? [{ href: `/${plural}`, title: menu.title, icon: menu.icon as IconName }] : [],
  );
}

const ALL = NAV.flatMap((group) => group.entries);

/** The entry that a path belongs to: its own, else its kind's page or that of its kind's twin; undefined for a page outside the rail. */
export function entryOf(pathname: string): NavEntry | undefined {
  const [first = "", second = ""] = pathname.split("/").slice(1);
  const segment = first === "new" ? second : first;
  const definition = definitionByPlural(segment);
  const homes = [segment, definition?.looks.page, definition && twinOf(definition)?.plural];
  return homes.map((home) => ALL.find(({ href }) => href === `/${home}`)).find((entry) => entry !== undefined);
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
