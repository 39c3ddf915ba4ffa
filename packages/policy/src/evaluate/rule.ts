/** A rule of a resource as tests on a packet. Deliberately not by way of sets: the compiled model is checked against this. */
import { containsAddress, parseCidr } from "@percale/net";
import type { Cidr } from "@percale/net";
import { formatSelector } from "@percale/selector";
import type { Selector } from "@percale/selector";
import type { EntityRule, PolicyRule } from "@percale/resources";
import { protocolOf, serviceOf, splitPorts } from "../compile/rule.ts";
import { peerSelectors } from "../select/selectors.ts";
import { InvalidObject } from "../compile/invalid.ts";
import type { PortRange } from "../model.ts";
import type { KnownAddress, NumberedSelector } from "./addresses.ts";
import type { RuleAction } from "./query.ts";

/** The packet with what is known about its addresses. */
export interface Sight {
  readonly ipVersion: 4 | 6;
  readonly protocol: number;
  readonly source: KnownAddress;
  readonly destination: KnownAddress;
  readonly sourcePort: number | undefined;
  readonly destinationPort: number | undefined;
  readonly icmp: { readonly type: number; readonly code: number } | undefined;
}

interface Check {
  readonly field: string;
  readonly fits: (packet: Sight) => boolean;
}

export interface EvaluableRule {
  readonly action: RuleAction;
  readonly checks: readonly Check[];
  /** As it is written. */
  readonly written: PolicyRule;
}

/** Gives selectors of the same text the same number. */
export class SelectorNumbers {
  readonly #byText = new Map<string, NumberedSelector>();

  number(selector: Selector): NumberedSelector {
    const text = formatSelector(selector);
    let known = this.#byText.get(text);
    if (known === undefined) this.#byText.set(text, (known = { number: this.#byText.size, selector }));
    return known;
  }
}

interface Context {
  readonly namespace: string | undefined;
  readonly numbers: SelectorNumbers;
}

const ACTIONS: ReadonlySet<string> = new Set(["Allow", "Deny", "Pass", "Log"]);
const MAY_HAVE_PORTS: ReadonlySet<number> = new Set([6, 17, 132]);

/** Throws InvalidObject, SelectorError or PortError. */
export function evaluableRule(rule: PolicyRule, context: Context): EvaluableRule {
  if (!ACTIONS.has(rule.action)) throw new InvalidObject(`unknown action ${JSON.stringify(rule.action)}`);
  const protocol = protocolOf(rule.protocol);
  const notProtocol = protocolOf(rule.notProtocol);
  const { ipVersion, icmp, notICMP } = rule;
  const checks: Check[] = [];
  const add = (field: string, fits: Check["fits"]): void => void checks.push({ field, fits });
  if (ipVersion !== undefined) add("ipVersion", (packet) => packet.ipVersion === ipVersion);
  if (protocol !== undefined) add("protocol", (packet) => packet.protocol === protocol);
  if (notProtocol !== undefined) add("notProtocol", (packet) => packet.protocol !== notProtocol);
  if (icmp?.type !== undefined) add("icmp", (packet) => isIcmp(packet, icmp));
  if (notICMP?.type !== undefined) add("notICMP", (packet) => !isIcmp(packet, notICMP));
  addSide(rule.source, "source", { ...context, protocol }, add);
  addSide(rule.destination, "destination", { ...context, protocol }, add);
  return { action: rule.action, checks, written: rule };
}

/** The first field that does not fit, or undefined if the rule matches. */
export function misfit({ checks }: EvaluableRule, packet: Sight): string | undefined {
  for (const { field, fits } of checks) if (!fits(packet)) return field;
  return undefined;
}

function isIcmp(
  { ipVersion, protocol, icmp }: Sight,
  wanted: { readonly type?: number | undefined; readonly code?: number | undefined },
): boolean {
  if (icmp === undefined || protocol !== (ipVersion === 4 ? 1 : 58)) return false;
  return icmp.type === wanted.type && (wanted.code === undefined || icmp.code === wanted.code);
}

function addSide(
  side: EntityRule | undefined,
  name: "source" | "destination",
  context: Context & { readonly protocol: number | undefined },
  add: (field: string, fits: Check["fits"]) => void,
): void {
  if (side === undefined) return;
  const portField = name === "source" ? "sourcePort" : "destinationPort";
  if (side.nets !== undefined && side.nets.length > 0) add(`${name}.nets`, inNets(side.nets, name));
  if (side.notNets !== undefined && side.notNets.length > 0) add(`${name}.notNets`, outOfNets(side.notNets, name));
  const selectors = peerSelectors(side, context.namespace);
  const positive = selectors.positive === undefined ? undefined : context.numbers.number(selectors.positive);
  const negative = selectors.negative === undefined ? undefined : context.numbers.number(selectors.negative);
  const isSelected = (packet: Sight): boolean => positive === undefined || packet[name].isSelectedBy(positive);
  const ports = splitPorts(side.ports);
  const notPorts = splitPorts(side.notPorts);
  checkNamed([...ports.names, ...notPorts.names], context.protocol);
  const inNamed = (packet: Sight, portName: string): boolean => {
    const port = packet[portField];
    if (port === undefined || !MAY_HAVE_PORTS.has(packet.protocol)) return false;
    return packet[name].hasPort({ selector: positive, name: portName, protocol: packet.protocol, port });
  };
  if (ports.names.length === 0) {
    if (positive !== undefined) add(`${name}.selector`, isSelected);
    if (ports.ranges.length > 0) add(`${name}.ports`, (packet) => isInRanges(packet, portField, ports.ranges));
  } else
    add(
      `${name}.ports`,
      (packet) =>
        (isInRanges(packet, portField, ports.ranges) && isSelected(packet)) ||
        ports.names.some((portName) => inNamed(packet, portName)),
    );
  if (negative !== undefined) add(`${name}.notSelector`, (packet) => !packet[name].isSelectedBy(negative));
  if (notPorts.ranges.length + notPorts.names.length > 0)
    add(
      `${name}.notPorts`,
      (packet) =>
        MAY_HAVE_PORTS.has(packet.protocol) &&
        !isInRanges(packet, portField, notPorts.ranges) &&
        !notPorts.names.some((portName) => inNamed(packet, portName)),
    );
  if (side.services === undefined) return;
  const service = serviceOf(side, context.namespace);
  add(`${name}.services`, (packet) => {
    if (name === "source") return packet.source.isBehind(service);
    const { protocol, destinationPort: port } = packet;
    return port !== undefined && packet.destination.isBehind(service, { protocol, port });
  });
}

function checkNamed(names: readonly string[], protocol: number | undefined): void {
  if (names.length > 0 && protocol !== undefined && !MAY_HAVE_PORTS.has(protocol))
    throw new InvalidObject(`protocol ${protocol} has no named ports`);
}

function isInRanges(packet: Sight, field: "sourcePort" | "destinationPort", ranges: readonly PortRange[]): boolean {
  const port = packet[field];
  if (port === undefined || !MAY_HAVE_PORTS.has(packet.protocol)) return false;
  return ranges.some(({ min, max }) => port >= min && port <= max);
}

function inNets(texts: readonly string[], side: "source" | "destination"): Check["fits"] {
  const nets = parseNets(texts);
  return (packet) => nets[packet.ipVersion].some((net) => containsAddress(net, packet[side].address));
}

/** In a family of which the list has nothing the whole rule is absent. */
function outOfNets(texts: readonly string[], side: "source" | "destination"): Check["fits"] {
  const nets = parseNets(texts);
  return (packet) => {
    const list = nets[packet.ipVersion];
    return list.length > 0 && !list.some((net) => containsAddress(net, packet[side].address));
  };
}

function parseNets(texts: readonly string[]): Readonly<Record<4 | 6, readonly Cidr[]>> {
  const nets = texts.map(parseCidr);
  return { 4: nets.filter(({ family }) => family === 4), 6: nets.filter(({ family }) => family === 6) };
}
