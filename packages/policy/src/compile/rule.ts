import { formatSelector, setId } from "@percale/selector";
import type { Selector } from "@percale/selector";
import { parsePort, protocolNumber } from "@percale/resources";
import type { EntityRule, PolicyRule, Port } from "@percale/resources";
import type { Action, Icmp, PortRange, Rule, RuleSide, SetId } from "../model.ts";
import { InvalidObject } from "./invalid.ts";
import { canonicalNets } from "./nets.ts";
import { peerSelectors } from "../select/selectors.ts";

export type Sha224 = (text: string) => Uint8Array;

/** What a set holds, by definition; its members follow from the cluster. */
export type SetDefinition =
  | { readonly kind: "net"; readonly id: SetId; readonly selector: Selector }
  /** (address, protocol, port) of every endpoint port of that name; any protocol if absent. */
  | {
      readonly kind: "port";
      readonly id: SetId;
      readonly selector: Selector;
      readonly portName: string;
      readonly protocol?: number;
    }
  /** Endpoints of a Kubernetes service, with its ports or without. */
  | { readonly kind: "service"; readonly id: SetId; readonly service: string; readonly withPorts: boolean };

export interface RuleContext {
  readonly namespace: string | undefined;
  readonly sha224: Sha224;
  /** Called for every set the rule names, also twice for one. */
  readonly use: (definition: SetDefinition) => void;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  Allow: "allow",
  Deny: "deny",
  Pass: "pass",
  Log: "log",
} satisfies Record<PolicyRule["action"], Action>;

/** A rule as drivers see it. Throws InvalidObject, SelectorError or PortError. */
export function compileRule(rule: PolicyRule, context: RuleContext): Rule {
  const action = ACTIONS[rule.action];
  if (action === undefined) throw new InvalidObject(`unknown action ${JSON.stringify(rule.action)}`);
  const protocol = protocolOf(rule.protocol);
  const notProtocol = protocolOf(rule.notProtocol);
  const ipVersion = rule.ipVersion ?? (rule.icmp?.type === undefined ? undefined : icmpFamily(protocol));
  const icmp = icmpOf(rule.icmp);
  const notIcmp = icmpOf(rule.notICMP);
  const annotations = rule.metadata?.annotations;
  return {
    action,
    ...(ipVersion !== undefined && { ipVersion }),
    ...(protocol !== undefined && { protocol }),
    ...(notProtocol !== undefined && { notProtocol }),
    ...(icmp !== undefined && { icmp }),
    ...(notIcmp !== undefined && { notIcmp }),
    source: compileSide(rule.source, protocol, context, false),
    destination: compileSide(rule.destination, protocol, context, true),
    ...(annotations !== undefined && { annotations }),
  };
}

const ANYWHERE: RuleSide = {};

function compileSide(
  side: EntityRule | undefined,
  protocol: number | undefined,
  context: RuleContext,
  isDestination: boolean,
): RuleSide {
  if (side === undefined) return ANYWHERE;
  const { positive, negative } = peerSelectors(side, context.namespace);
  const ports = splitPorts(side.ports);
  const notPorts = splitPorts(side.notPorts);
  const named = (names: readonly string[]): readonly SetId[] =>
    names.map((portName) => namedPortSet({ portName, protocol, selector: positive ?? { op: "all" } }, context));
  const namedPorts = named(ports.names);
  // The named sets hold the selector already: without numeric ports the plain set would never be looked at.
  const onlyNamed = namedPorts.length > 0 && ports.ranges.length === 0;
  const sets = positive === undefined || onlyNamed ? [] : [selectorSet(positive, context)];
  if (side.services !== undefined)
    (isDestination ? (namedPorts as SetId[]) : sets).push(serviceSet(side, isDestination, context));
  const nets = canonicalNets(side.nets);
  const notNets = canonicalNets(side.notNets);
  const notNamedPorts = named(notPorts.names);
  return {
    ...(nets.length > 0 && { nets }),
    ...(notNets.length > 0 && { notNets }),
    ...(sets.length > 0 && { sets }),
    ...(negative !== undefined && { notSets: [selectorSet(negative, context)] }),
    ...(ports.ranges.length > 0 && { ports: ports.ranges }),
    ...(namedPorts.length > 0 && { namedPorts }),
    ...(notPorts.ranges.length > 0 && { notPorts: notPorts.ranges }),
    ...(notNamedPorts.length > 0 && { notNamedPorts }),
  };
}

function selectorSet(selector: Selector, { sha224, use }: RuleContext): SetId {
  const id = setId("s", formatSelector(selector), sha224);
  use({ kind: "net", id, selector });
  return id;
}

const PROTOCOL_TEXT: Readonly<Record<number, string>> = { 6: "tcp", 17: "udp", 132: "sctp" };

function namedPortSet(
  port: { readonly portName: string; readonly protocol: number | undefined; readonly selector: Selector },
  { sha224, use }: RuleContext,
): SetId {
  const { portName, protocol, selector } = port;
  const text = protocol === undefined ? "any" : PROTOCOL_TEXT[protocol];
  if (text === undefined) throw new InvalidObject(`protocol ${protocol} has no named ports`);
  const id = setId("n", `${setId("s", formatSelector(selector), sha224)},${text},${portName}`, sha224);
  use({ kind: "port", id, selector, portName, ...(protocol !== undefined && { protocol }) });
  return id;
}

function serviceSet(side: EntityRule, withPorts: boolean, context: RuleContext): SetId {
  const service = serviceOf(side, context.namespace);
  const id = setId(withPorts ? "svc" : "svcnoport", service, context.sha224);
  context.use({ kind: "service", id, service, withPorts });
  return id;
}

/**
 * `namespace/name`. An empty namespace means the policy's own, unlike upstream where it matches nothing. Throws InvalidObject, for named
 * ports too: a name matches (address, port) whosever it is, so that a rule with one would match more than the service.
 */
export function serviceOf({ services, ports, notPorts }: EntityRule, own: string | undefined): string {
  const { name, namespace } = services!; // asked where there is one
  if (splitPorts(ports).names.length + splitPorts(notPorts).names.length > 0)
    throw new InvalidObject("named ports cannot be combined with services");
  const home = namespace === undefined || namespace === "" ? own : namespace;
  if (home === undefined) throw new InvalidObject(`service ${JSON.stringify(name)} needs a namespace`);
  return `${home}/${name}`;
}

interface SplitPorts {
  readonly ranges: readonly PortRange[];
  readonly names: readonly string[];
}

export function splitPorts(ports: readonly Port[] | undefined): SplitPorts {
  const ranges: PortRange[] = [];
  const names: string[] = [];
  for (const port of ports ?? []) {
    const parsed = parsePort(port);
    if (parsed.kind === "name") names.push(parsed.name);
    else ranges.push({ min: parsed.min, max: parsed.max });
  }
  return { ranges, names };
}

export function protocolOf(protocol: PolicyRule["protocol"]): number | undefined {
  if (protocol === undefined) return undefined;
  const number = protocolNumber(protocol);
  if (number === undefined) throw new InvalidObject(`unknown protocol ${JSON.stringify(protocol)}`);
  return number;
}

function icmpOf(icmp: PolicyRule["icmp"]): Icmp | undefined {
  if (icmp?.type === undefined) return undefined;
  return icmp.code === undefined ? { type: icmp.type } : { type: icmp.type, code: icmp.code };
}

/** A type of one family's ICMP must never be rendered into the other's. */
function icmpFamily(protocol: number | undefined): 4 | 6 | undefined {
  return protocol === 1 ? 4 : protocol === 58 ? 6 : undefined;
}
