import { R0 } from "@percale/kernel";
import type { Expr, Family } from "@percale/kernel";
import { maskCidr, parseCidr } from "@percale/net";
import type { Cidr } from "@percale/net";
import type { PortRange, Rule, RuleSide, SetId } from "@percale/policy";
import { addressIn, addressWords, ICMP, loadAddress, loadPort, lookup, protocol, u16be, u32 } from "./expr.ts";
import type { AddressField } from "./expr.ts";
import { HOSTS, NAMED_PORTS, NETS, PORTS } from "./layout.ts";

/** Where a set's members of one family are: single addresses in the hash set, prefixes in the interval set. */
export interface Shape {
  readonly hosts: boolean;
  readonly nets: boolean;
}

/** What rendering must know of the sets. */
export interface SetFacts {
  shape(id: SetId, family: Family): Shape;
  /** The number that stands for the set in the kernel. */
  number(id: SetId): number;
}

/** Every list of a rule that becomes a set of its own, so that its length costs one lookup. */
export interface ListSet {
  readonly id: SetId;
  readonly kind: "net" | "portRange";
  readonly members: readonly string[];
}

/** Loads the transport-port protocols; membership means "has ports". */
export const PORT_PROTOCOLS: ListSet = { id: "ports:protocols", kind: "portRange", members: [] };
const TCP_UDP_SCTP = [6, 17, 132] as const;

/**
 * The alternatives in which a packet matches the rule, each a list of expressions that must all hold. None: the rule does
 * not exist in this family.
 */
export function matchRule(rule: Rule, family: Family, sets: SetFacts): Expr[][] {
  if (rule.ipVersion !== undefined && rule.ipVersion !== family) return NEVER;
  const { source, destination } = rule;
  const sourceNets = netLists(source, family);
  const destinationNets = netLists(destination, family);
  if (sourceNets === undefined || destinationNets === undefined) return NEVER;
  if (hasEmptySet(source, family, sets) || hasEmptySet(destination, family, sets)) return NEVER;
  const parts: Part[] = [];
  matchProtocol(parts, rule, family);
  matchSide(parts, rule, "source", sourceNets, family, sets);
  matchSide(parts, rule, "destination", destinationNets, family, sets);
  return product(parts);
}

const NEVER: Expr[][] = [];

/** The commonest reason why a rule is not in a family: its selector has no address of it. */
function hasEmptySet({ sets, namedPorts }: RuleSide, family: Family, facts: SetFacts): boolean {
  if (sets === undefined || (namedPorts !== undefined && namedPorts.length > 0)) return false;
  for (const id of sets) {
    const { hosts, nets } = facts.shape(id, family);
    if (!hosts && !nets) return true;
  }
  return false;
}

/** Lists of the rule that need a set: more than one prefix of a family, more than one port range. */
export function* listSets(rule: Rule): Generator<ListSet> {
  for (const side of [rule.source, rule.destination]) {
    for (const nets of [side.nets, side.notNets]) if (nets !== undefined && nets.length > 1) yield netList(nets);
    for (const ports of [side.ports, side.notPorts]) if (ports !== undefined && ports.length > 1) yield portList(ports);
  }
}

/** ANDed parts, each a list of alternatives. */
type Part = Expr[][];

function product(parts: readonly Part[]): Expr[][] {
  let result: Expr[][] = [[]];
  for (const part of parts) {
    if (part.length === 1) for (const exprs of result) exprs.push(...part[0]!);
    else result = result.flatMap((exprs) => part.map((alternative) => [...exprs, ...alternative]));
  }
  return result;
}

function matchProtocol(parts: Part[], rule: Rule, family: Family): void {
  const icmp = ICMP[family];
  if (rule.protocol !== undefined) parts.push([protocol(rule.protocol)]);
  if (rule.notProtocol !== undefined) parts.push([protocol(rule.notProtocol, "neq")]);
  if (rule.icmp !== undefined) {
    if (rule.protocol === undefined) parts.push([protocol(icmp)]);
    // The other family's ICMP: never.
    parts.push(
      rule.protocol === undefined || rule.protocol === icmp ? [icmpFields(rule.icmp.type, rule.icmp.code, "eq")] : [],
    );
  }
  if (rule.notIcmp !== undefined && rule.notProtocol !== icmp && (rule.protocol ?? icmp) === icmp) {
    const differs = icmpFields(rule.notIcmp.type, rule.notIcmp.code, "neq");
    // What is not ICMP at all differs too.
    parts.push(rule.protocol === icmp ? [differs] : [protocol(icmp, "neq"), [...protocol(icmp), ...differs]]);
  }
}

/** Type and code lie side by side, so "not both equal" is one comparison of two bytes. */
function icmpFields(type: number, code: number | undefined, op: "eq" | "neq"): Expr[] {
  const data = code === undefined ? Uint8Array.of(type) : Uint8Array.of(type, code);
  return [
    { e: "payload", base: "transport", offset: 0, length: data.length, reg: R0 },
    { e: "cmp", op, reg: R0, data },
  ];
}

interface NetLists {
  readonly nets: readonly Cidr[] | undefined;
  readonly notNets: readonly Cidr[] | undefined;
}

const NO_LISTS: NetLists = { nets: undefined, notNets: undefined };

/** The side's prefixes of this family; undefined if a list has none, or excludes the whole family. */
function netLists(side: RuleSide, family: Family): NetLists | undefined {
  if (side.nets === undefined && side.notNets === undefined) return NO_LISTS;
  const nets = ownNets(side.nets, family);
  const notNets = ownNets(side.notNets, family);
  if (nets?.length === 0 || notNets?.length === 0) return undefined;
  return notNets?.some((cidr) => cidr.prefixLen === 0) === true ? undefined : { nets, notNets };
}

function ownNets(texts: readonly string[] | undefined, family: Family): readonly Cidr[] | undefined {
  if (texts === undefined || texts.length === 0) return undefined;
  return texts.map((text) => maskCidr(parseCidr(text))).filter((cidr) => cidr.family === family);
}

function matchSide(
  parts: Part[],
  rule: Rule,
  field: AddressField,
  { nets, notNets }: NetLists,
  family: Family,
  facts: SetFacts,
): void {
  const side = rule[field];
  const { sets = NO_IDS, notSets = NO_IDS, namedPorts = NO_IDS, notNamedPorts = NO_IDS } = side;
  const { ports = NO_PORTS, notPorts = NO_PORTS } = side;
  if (nets !== undefined) parts.push(inNets(side.nets!, nets, field, family, facts));
  if (notNets !== undefined) parts.push([notInNets(side.notNets!, notNets, field, family, facts)]);
  const named = namedPorts.map((id) => lookupNamedPort(id, field, family, facts, false));
  if (ports.length > 0 && named.length > 0) {
    // (sets and ports) or named: the named sets already hold only what the selector selects.
    const numeric = [...sets.map((id) => inSet(id, field, family, facts)), [inPorts(ports, field, facts)]];
    parts.push([...product(numeric), ...named]);
  } else {
    for (const id of sets) parts.push(inSet(id, field, family, facts));
    if (ports.length > 0) parts.push([inPorts(ports, field, facts)]);
    if (named.length > 0) parts.push(named);
  }
  for (const id of notSets) parts.push([notInSet(id, field, family, facts)]);
  if (notPorts.length + notNamedPorts.length > 0 && rule.protocol === undefined) parts.push([hasPorts(facts)]);
  if (notPorts.length > 0) parts.push([notInPorts(notPorts, field, facts)]);
  for (const id of notNamedPorts) parts.push([lookupNamedPort(id, field, family, facts, true)]);
}

const NO_IDS: readonly SetId[] = [];
const NO_PORTS: readonly PortRange[] = [];

function inNets(
  texts: readonly string[],
  nets: readonly Cidr[],
  field: AddressField,
  family: Family,
  sets: SetFacts,
): Part {
  return texts.length === 1
    ? [addressIn(family, field, nets[0]!, "eq")]
    : inSet(netList(texts).id, field, family, sets);
}

function notInNets(
  texts: readonly string[],
  nets: readonly Cidr[],
  field: AddressField,
  family: Family,
  sets: SetFacts,
): Expr[] {
  if (texts.length === 1) return addressIn(family, field, nets[0]!, "neq");
  return notInSet(netList(texts).id, field, family, sets);
}

/** Alternatives: single addresses, prefixes. Without members of the family there is none, so the rule cannot match. */
export function inSet(id: SetId, field: AddressField, family: Family, sets: SetFacts): Part {
  const { hosts, nets } = sets.shape(id, family);
  const part: Part = [];
  if (hosts) part.push(lookupAddress(HOSTS, id, field, family, sets, false));
  if (nets) part.push(lookupAddress(NETS, id, field, family, sets, false));
  return part;
}

export function notInSet(id: SetId, field: AddressField, family: Family, sets: SetFacts): Expr[] {
  const { hosts, nets } = sets.shape(id, family);
  return [
    ...(hosts ? lookupAddress(HOSTS, id, field, family, sets, true) : []),
    ...(nets ? lookupAddress(NETS, id, field, family, sets, true) : []),
  ];
}

function lookupAddress(
  set: string,
  id: SetId,
  field: AddressField,
  family: Family,
  sets: SetFacts,
  invert: boolean,
): Expr[] {
  return [
    { e: "immediate", reg: R0, data: u32(sets.number(id)) },
    loadAddress(family, field, R0 + 1),
    lookup(set, invert),
  ];
}

function lookupNamedPort(id: SetId, field: AddressField, family: Family, sets: SetFacts, invert: boolean): Expr[] {
  const after = R0 + 1 + addressWords(family);
  return [
    { e: "immediate", reg: R0, data: u32(sets.number(id)) },
    loadAddress(family, field, R0 + 1),
    { e: "meta", key: "l4proto", reg: after },
    loadPort(field, after + 1),
    lookup(NAMED_PORTS, invert),
  ];
}

function inPorts(ports: readonly PortRange[], field: AddressField, sets: SetFacts): Expr[] {
  const [only] = ports;
  if (ports.length > 1) return lookupPort(portList(ports).id, field, sets, false);
  return matchPort(only!, field, false);
}

function notInPorts(ports: readonly PortRange[], field: AddressField, sets: SetFacts): Expr[] {
  const [only] = ports;
  if (ports.length > 1) return lookupPort(portList(ports).id, field, sets, true);
  return matchPort(only!, field, true);
}

function matchPort({ min, max }: PortRange, field: AddressField, invert: boolean): Expr[] {
  if (min === max) return [loadPort(field), { e: "cmp", op: invert ? "neq" : "eq", reg: R0, data: u16be(min) }];
  return [loadPort(field), { e: "range", invert, reg: R0, from: u16be(min), to: u16be(max) }];
}

function lookupPort(id: SetId, field: AddressField, sets: SetFacts, invert: boolean): Expr[] {
  return [{ e: "immediate", reg: R0, data: u32(sets.number(id)) }, loadPort(field, R0 + 1), lookup(PORTS, invert)];
}

function hasPorts(sets: SetFacts): Expr[] {
  return [
    { e: "immediate", reg: R0, data: u32(sets.number(PORT_PROTOCOLS.id)) },
    { e: "meta", key: "l4proto", reg: R0 + 1 },
    lookup(PORTS, false),
  ];
}

/** The protocol number as it lies in the first byte of a two-byte key field. */
export const PORT_PROTOCOL_KEYS: readonly number[] = TCP_UDP_SCTP.map((number) => number << 8);

function netList(nets: readonly string[]): ListSet {
  return { id: `nets:${nets.join(",")}`, kind: "net", members: nets };
}

function portList(ports: readonly PortRange[]): ListSet {
  const members = ports.map(({ min, max }) => `${min}-${max}`);
  return { id: `ports:${members.join(",")}`, kind: "portRange", members };
}
