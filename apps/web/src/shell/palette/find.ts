import type { SearchView } from "@percale/api";
import type { ObjectRef } from "@percale/resources/catalog";
import { type ChangeGroup, nameOf } from "../../app/(main)/activity/view.ts";
import { iconOf } from "../../parts/kind-icon.ts";
import { definitionOf, formatOpen, kindWords, pathOf } from "../../words/kinds.ts";
import { type AddressBook, addressGroups, endpointEntry } from "./address.ts";
import { commandsFor, pagesFor } from "./commands.ts";
import type { Entry, Group } from "./entry.ts";
import { ruleEntry } from "./rules.ts";

/** What the palette says in words. */
export interface Known extends Pick<AddressBook, "pools"> {
  /** Undefined until it is told. */
  readonly found: Omit<SearchView, "revision"> | undefined;
  readonly lastChange: ChangeGroup | undefined;
  /** The page shows how things stood when somebody stopped it. */
  readonly isPaused: boolean;
}

/** An address leads to its owner, a number to its autonomous system, an action to rules, a name to what has it; then pages and commands. */
export function groupsFor(typed: string, { found, pools, ...more }: Known): readonly Group[] {
  const text = typed.trim();
  const groups: readonly Group[] =
    text === "" || found === undefined
      ? []
      : [
          ...(addressGroups(text, { owners: found.owners, pools }) ?? []),
          { title: `AS ${text.replace(/^as\s*/i, "")}`, entries: systemsFor(found) },
          { title: "Rules", entries: found.rules.map(ruleEntry) },
          {
            title: "Endpoints",
            entries: found.endpoints.map((each) =>
              endpointEntry(each, [...each.addresses, `on ${each.node}`].join(" ")),
            ),
          },
          { title: "Objects", entries: found.objects.map(entryOf) },
          { title: "In a field", entries: found.texts.map(textEntry) },
        ];
  const rest = [
    { title: "Pages", entries: pagesFor(text) },
    { title: "Commands", entries: commandsFor(text, more) },
  ];
  return [...groups, ...rest].filter(({ entries }) => entries.length > 0);
}

/** Who speaks for an autonomous system: the cluster, nodes, peers. */
function systemsFor({ isOwnAs, speakers }: Pick<SearchView, "isOwnAs" | "speakers">): readonly Entry[] {
  const own: Entry = {
    id: "own AS",
    icon: "bgp",
    name: "This cluster’s nodes",
    isWords: true,
    detail: "unless a node says otherwise",
    verb: "Open BGP",
    does: { go: "/bgp" },
  };
  return [...(isOwnAs ? [own] : []), ...speakers.map(entryOf)];
}

/** Which field has the text, as it is written in YAML. */
function textEntry({ ref, field, text }: SearchView["texts"][number]): Entry {
  return { ...entryOf(ref), id: `text ${pathOf(ref)}`, detail: `${field}: ${text}` };
}

function entryOf(ref: ObjectRef): Entry {
  const isPolicy = definitionOf(ref.kind)?.looks.page === "policies";
  return {
    id: pathOf(ref),
    icon: iconOf(ref.kind),
    name: nameOf(ref),
    detail: kindWords(ref.kind),
    verb: "Open",
    does: { go: isPolicy ? `/policies?open=${formatOpen(ref)}` : pathOf(ref) },
  };
}
