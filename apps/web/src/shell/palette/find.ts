import { BGPPeer, type KubeObject, Node, refOf } from "@percale/resources";
import { type ChangeGroup, nameOf } from "../../app/(main)/activity/view.ts";
import { iconOf } from "../../parts/kind-icon.ts";
import { type Endpoint, endpointText } from "../../policy/endpoint.ts";
import type { PolicyObject } from "../../policy/spec.ts";
import { definitionOf, formatOpen, kindWords, pathOf } from "../../words/kinds.ts";
import { type AddressBook, addressGroups, endpointEntry } from "./address.ts";
import { commandsFor, pagesFor } from "./commands.ts";
import { type Entry, type Group, MAX } from "./entry.ts";
import { parseRuleQuestion, rulesFor } from "./rules.ts";

/** What the palette looks through. */
export interface Known extends AddressBook {
  /** Of every kind that is searched. */
  readonly objects: readonly KubeObject[];
  readonly policies: readonly PolicyObject[];
  /** Of the cluster's own nodes, where nothing else is said. */
  readonly asNumber: number | undefined;
  readonly lastChange: ChangeGroup | undefined;
}

/** Parse first, then search: an address leads to its owner, a number to its autonomous system, an action to rules, a name to what has it. */
export function groupsFor(typed: string, known: Known): readonly Group[] {
  const text = typed.trim();
  const question = parseRuleQuestion(text);
  const groups: readonly Group[] =
    text === ""
      ? []
      : [
          ...(addressGroups(text, known) ?? []),
          { title: `AS ${asNumberIn(text) ?? ""}`, entries: systemsFor(text, known) },
          { title: "Rules", entries: question === undefined ? [] : rulesFor(question, known.policies) },
          { title: "Endpoints", entries: endpointsFor(text, known.endpoints) },
          { title: "Objects", entries: objectsFor(text, known.objects) },
        ];
  const rest = [
    { title: "Pages", entries: pagesFor(text) },
    { title: "Commands", entries: commandsFor(text, known.lastChange) },
  ];
  return [...groups, ...rest].filter(({ entries }) => entries.length > 0);
}

/** `AS 64512`, `as64512` or the bare number. */
function asNumberIn(text: string): number | undefined {
  const number = Number(/^(?:as\s*)?(\d{1,10})$/i.exec(text)?.[1] ?? Number.NaN);
  return number >= 1 && number < 2 ** 32 ? number : undefined;
}

/** Who speaks for an autonomous system: the cluster, nodes, peers. */
function systemsFor(text: string, { objects, asNumber }: Known): readonly Entry[] {
  const wanted = asNumberIn(text);
  if (wanted === undefined) return [];
  const speakers = objects.filter(({ kind, spec }) => asNumberOf(kind, spec) === wanted).map(entryOf);
  if (asNumber !== wanted) return speakers.slice(0, MAX);
  const own: Entry = {
    id: "own AS",
    icon: "bgp",
    name: "This cluster’s nodes",
    isWords: true,
    detail: "unless a node says otherwise",
    verb: "Open BGP",
    does: { go: "/bgp" },
  };
  return [own, ...speakers].slice(0, MAX);
}

function asNumberOf(kind: string, spec: unknown): number | undefined {
  const { asNumber, bgp } = (spec ?? {}) as {
    readonly asNumber?: unknown;
    readonly bgp?: { readonly asNumber?: unknown };
  };
  const said = kind === BGPPeer.kind ? asNumber : kind === Node.kind ? bgp?.asNumber : undefined;
  return said === undefined ? undefined : Number(said);
}

function endpointsFor(text: string, endpoints: readonly Endpoint[]): readonly Entry[] {
  const wanted = text.toLowerCase();
  return endpoints
    .filter(
      (endpoint) =>
        !endpoint.addresses.includes(text) && // told as its owner
        [endpointText(endpoint), ...endpoint.addresses, ...labelsOf(endpoint)].some((each) =>
          each.toLowerCase().includes(wanted),
        ),
    )
    .slice(0, MAX)
    .map((endpoint) => endpointEntry(endpoint, [...endpoint.addresses, `on ${endpoint.node}`].join(" ")));
}

function labelsOf({ labels }: Endpoint): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

/** By name, or by the one text of the spec that people know it by. */
function objectsFor(text: string, objects: readonly KubeObject[]): readonly Entry[] {
  const wanted = text.toLowerCase();
  return objects
    .filter(({ metadata, spec }) => {
      const { cidr, peerIP } = (spec ?? {}) as { readonly cidr?: string; readonly peerIP?: string };
      return [`${metadata.namespace ?? ""}/${metadata.name}`, cidr, peerIP].some(
        (each) => each?.toLowerCase().includes(wanted) === true,
      );
    })
    .slice(0, MAX)
    .map(entryOf);
}

function entryOf(object: KubeObject): Entry {
  const ref = refOf(object);
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
