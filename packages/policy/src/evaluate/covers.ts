/** When one rule leaves nothing to another: told from what both demand, so it holds whatever endpoints come. */
import { containsCidr, parseCidr } from "@percale/net";
import type { Cidr } from "@percale/net";
import type { EntityRule, PolicyRule } from "@percale/resources";
import { formatSelector } from "@percale/selector";
import type { Selector } from "@percale/selector";
import { splitPorts } from "../compile/rule.ts";
import type { PortRange } from "../model.ts";
import { peerSelectors } from "../select/selectors.ts";

/** What a packet must be for a rule to match it. */
export interface Demands {
  /** Of these nothing is known but whether two rules write the same. */
  readonly same: ReadonlyMap<string, string>;
  readonly sides: readonly [source: SideDemands, destination: SideDemands];
}

interface SideDemands {
  /** Selectors that all have to match. */
  readonly selected: ReadonlySet<string>;
  /** Empty: any. */
  readonly nets: readonly Cidr[];
  readonly ranges: readonly PortRange[];
  readonly portNames: ReadonlySet<string>;
}

/** No demands, or ones that are understood. */
const READ_OF_RULES = new Set(["action", "metadata", "source", "destination"]);
const READ_OF_SIDES = new Set(["selector", "notSelector", "namespaceSelector", "serviceAccounts", "nets", "ports"]);

/** Of a rule that compiles; `namespace` is its owner's. */
export function demandsOf(rule: PolicyRule, namespace: string | undefined): Demands {
  const { source = {}, destination = {} } = rule;
  const same = new Map(written("", rule, READ_OF_RULES));
  const side = (name: "source" | "destination", entity: EntityRule): SideDemands => {
    const { positive, negative } = peerSelectors(entity, namespace);
    for (const [key, text] of written(`${name}.`, entity, READ_OF_SIDES)) same.set(key, text);
    if (negative !== undefined) same.set(`${name}.notSelector`, formatSelector(negative));
    const selected = new Set(conjuncts(positive));
    // A name in `notPorts` is a port of those selected: with others selected it is another demand.
    if ((entity.notPorts ?? []).length > 0) same.set(`${name}.notPorts of`, [...selected].join());
    const { names, ranges } = splitPorts(entity.ports);
    return { selected, nets: (entity.nets ?? []).map(parseCidr), ranges, portNames: new Set(names) };
  };
  return { same, sides: [side("source", source), side("destination", destination)] };
}

/** Every packet that `narrow` matches `wide` matches too. It may be so although this does not see it. */
export function covers(wide: Demands, narrow: Demands): boolean {
  for (const [key, text] of wide.same) if (narrow.same.get(key) !== text) return false;
  return wide.sides.every((side, at) => coversSide(side, narrow.sides[at]!));
}

function coversSide(wide: SideDemands, narrow: SideDemands): boolean {
  return (
    isWithin(wide.selected, narrow.selected) &&
    (wide.nets.length === 0 ||
      (narrow.nets.length > 0 && narrow.nets.every((net) => wide.nets.some((one) => containsCidr(one, net))))) &&
    coversPorts(wide, narrow)
  );
}

function coversPorts(wide: SideDemands, narrow: SideDemands): boolean {
  if (wide.ranges.length + wide.portNames.size === 0) return true;
  return (
    narrow.ranges.length + narrow.portNames.size > 0 &&
    isWithin(narrow.portNames, wide.portNames) &&
    narrow.ranges.every(({ min, max }) => wide.ranges.some((range) => range.min <= min && max <= range.max))
  );
}

function isWithin(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return some.values().every((one) => all.has(one));
}

function* written(
  prefix: string,
  fields: object,
  but: ReadonlySet<string>,
): Generator<readonly [key: string, text: string]> {
  for (const [key, value] of Object.entries(fields) as [string, unknown][]) {
    const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
    if (!isEmpty && !but.has(key)) yield [`${prefix}${key}`, JSON.stringify(value)];
  }
}

function conjuncts(selector: Selector | undefined): readonly string[] {
  if (selector === undefined || selector.op === "all") return [];
  return selector.op === "and" ? selector.args.flatMap(conjuncts) : [formatSelector(selector)];
}
