import { formatAddress, tryParseAddress } from "@percale/net";
import {
  BGPConfiguration,
  BGPPeer,
  DEFAULT_AS,
  kindsWhere,
  Node,
  policySpecOf,
  refOf,
  WorkloadEndpoint,
} from "@percale/resources";
import type { KubeObject, PolicyRule } from "@percale/resources";
import { seesBy } from "../auth/sight.ts";
import type { Sees } from "../auth/sight.ts";
import type { Questions } from "../policy/questions.ts";
import type { World } from "../policy/world.ts";
import type { FoundRule, SearchView } from "../trpc/views.ts";
import { ENDPOINT_ORDERS, entryOf } from "./endpoint-entry.ts";
import type { EndpointEntry } from "./endpoint-entry.ts";
import { fieldWith } from "./field-text.ts";
import { naturalKey } from "./orders.ts";

/** Of each sort: of names that many have in common. */
const FOUND = 8;
const SEARCHED = kindsWhere(({ looks }) => looks.searched);
const POLICIES = kindsWhere(({ traits }) => traits.policy === "enforced");
const ACTIONS: ReadonlySet<string> = new Set(["allow", "deny", "pass", "log"]);

/**
 * What a text finds: an address whom it belongs to, a number who speaks for that autonomous system, an action rules, a name what has it,
 * any other text the fields that it stands in.
 */
export function search(world: World, { text: typed, rights }: Questions["search"]): Omit<SearchView, "revision"> {
  const sees = seesBy(rights);
  const text = typed.trim();
  const address = tryParseAddress(text);
  const canonical = address === undefined ? undefined : formatAddress(address);
  const wanted = text.toLowerCase();
  const isOwner = ({ row }: EndpointEntry): boolean => canonical !== undefined && row.addresses.includes(canonical);
  const isFound = (entry: EndpointEntry): boolean => isCalled(entry, wanted) && !isOwner(entry);
  const asNumber = asNumberIn(text);
  const objects = SEARCHED.flatMap((kind) => named(world, kind)).filter(sees);
  const isNamed = (object: KubeObject): boolean => namesOf(object).some((name) => name.includes(wanted));
  return {
    owners: canonical === undefined ? [] : endpointsOf(world, sees, isOwner),
    endpoints: endpointsOf(world, sees, isFound),
    objects: first(objects, isNamed).map(refOf),
    texts: objects
      .values()
      .flatMap((object) => {
        const text = isNamed(object) ? undefined : fieldWith(object, wanted);
        return text === undefined ? [] : [{ ref: refOf(object), ...text }];
      })
      .take(FOUND)
      .toArray(),
    speakers: asNumber === undefined ? [] : first(objects, (object) => asNumberOf(object) === asNumber).map(refOf),
    isOwnAs: asNumber !== undefined && asNumber === ownAs(world),
    rules: rulesFor(world, sees, wanted),
  };
}

function endpointsOf(world: World, sees: Sees, isWanted: (entry: EndpointEntry) => boolean): SearchView["endpoints"] {
  const { objects } = world.evaluator;
  const list = world.orders.by("name", {
    objects,
    kinds: [WorkloadEndpoint.kind],
    keyOf: ENDPOINT_ORDERS.get("name")!,
  });
  return first(list, (object) => sees(object) && isWanted(entryOf(object))).map((object) => entryOf(object).row);
}

/** By people's name, an address or a label. */
function isCalled({ text, row, searched }: EndpointEntry, wanted: string): boolean {
  if (!searched.includes(wanted)) return false; // most are not, and all of these stand in it
  const labels = Object.entries(row.labels).map(([key, value]) => `${key}=${value}`);
  return [text, ...row.addresses, ...labels].some((each) => each.toLowerCase().includes(wanted));
}

/** By name. */
function named(world: World, kind: string): readonly KubeObject[] {
  return world.orders.by("Name", {
    objects: world.evaluator.objects,
    kinds: [kind],
    keyOf: ({ metadata }) => ({
      value: naturalKey(metadata.name),
      name: naturalKey(`${metadata.name}/${metadata.namespace ?? ""}`),
    }),
  });
}

const names = new WeakMap<KubeObject, readonly string[]>();

/** Its name, and the one text of the spec that people know it by, in small letters. */
function namesOf(object: KubeObject): readonly string[] {
  let known = names.get(object);
  if (known === undefined) {
    const { metadata, spec } = object;
    const { cidr = "", peerIP = "" } = (spec ?? {}) as { readonly cidr?: string; readonly peerIP?: string };
    known = [`${metadata.namespace ?? ""}/${metadata.name}`, cidr, peerIP].map((name) => name.toLowerCase());
    names.set(object, known);
  }
  return known;
}

/** `AS 64512`, `as64512` or the bare number. */
function asNumberIn(text: string): number | undefined {
  const number = Number(/^(?:as\s*)?(\d{1,10})$/i.exec(text)?.[1] ?? Number.NaN);
  return number >= 1 && number < 2 ** 32 ? number : undefined;
}

function asNumberOf({ kind, spec }: KubeObject): number | undefined {
  const { asNumber, bgp } = (spec ?? {}) as {
    readonly asNumber?: unknown;
    readonly bgp?: { readonly asNumber?: unknown };
  };
  const said = kind === BGPPeer.kind ? asNumber : kind === Node.kind ? bgp?.asNumber : undefined;
  return said === undefined ? undefined : Number(said);
}

/** Of the cluster's own nodes, where nothing else is said. */
function ownAs({ evaluator }: World): number {
  const spec = evaluator.objects.get({ kind: BGPConfiguration.kind, name: "default" })?.spec;
  return (spec as { readonly asNumber?: number } | undefined)?.asNumber ?? DEFAULT_AS;
}

/** Of a text such as `deny 443 shop`: an action, then ports and parts of the policy's name, in any order. */
function rulesFor(world: World, sees: Sees, text: string): readonly FoundRule[] {
  const [action = "", ...rest] = text.split(/\s+/);
  if (!ACTIONS.has(action) || rest.length === 0) return [];
  const isPort = (word: string): boolean => /^\d+$/.test(word);
  const port = rest.filter(isPort).map(Number)[0];
  const words = rest.filter((word) => !isPort(word));
  const found: FoundRule[] = [];
  for (const policy of POLICIES.flatMap((kind) => named(world, kind))) {
    if (!words.every((word) => namesOf(policy)[0]!.includes(word)) || !sees(policy)) continue;
    const spec = policySpecOf(policy);
    for (const direction of ["ingress", "egress"] as const)
      for (const [index, rule] of (spec[direction] ?? []).entries()) {
        if (rule.action.toLowerCase() !== action || !isAbout(rule, port)) continue;
        found.push({ ref: refOf(policy), direction, index, rule: shortened(rule) });
        if (found.length === FOUND) return found;
      }
  }
  return found;
}

/** More of a list is in no row. */
const LIST = 8;

/** Lists with their first items, and a mark where there are more: a rule may have a hundred thousand nets. */
function shortened<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  const short = Array.isArray(value)
    ? [...value.slice(0, LIST).map(shortened), ...(value.length > LIST ? ["…"] : [])]
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortened(item as unknown)]));
  return short as T; // a rule's lists are of texts, or of numbers and texts
}

/** A rule without ports is about each of them. */
function isAbout({ destination }: PolicyRule, port: number | undefined): boolean {
  const ports = destination?.ports ?? [];
  if (port === undefined || ports.length === 0) return true;
  return ports.some((text) => {
    const [from = Number.NaN, to = from] = String(text).split(":").map(Number);
    return from <= port && port <= to;
  });
}

function first<T>(list: readonly T[], isWanted: (one: T) => boolean): readonly T[] {
  return list.values().filter(isWanted).take(FOUND).toArray();
}
