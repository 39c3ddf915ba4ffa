import { bitsOf, containsAddress, parseAddress, parseCidr } from "@percale/net";
import type { Address, Cidr } from "@percale/net";
import type {
  Action,
  ActiveEndpoint,
  DataplaneConfig,
  Icmp,
  Packet,
  PortRange,
  Rule,
  RuleSide,
  SetId,
  Workload,
} from "../model.ts";
import type { Direction } from "../evaluate/query.ts";
import { STAGE_TRAITS } from "../stages.ts";
import type { PolicyStage } from "../stages.ts";
import type { NodeState } from "./state.ts";

/** `next`: neither; whatever comes after the stages decides. */
export type StateVerdict = "allow" | "deny" | "next";

/**
 * What an endpoint of the compiled state does with the first packet of a connection: the drivers' meaning, spelt out.
 * `stages`: those that the packet meets, in order; the first that decides is heard. Packets of workloads meet one.
 */
export function evaluateState(
  state: NodeState,
  question: {
    readonly endpoint: string;
    readonly direction: Direction;
    readonly packet: Packet;
    readonly stages?: readonly PolicyStage[];
  },
): StateVerdict {
  const { direction, packet, stages = ["normal"] } = question;
  const endpoint = state.endpoints.get(question.endpoint);
  if (endpoint === undefined || !endpoint.active) return "deny";
  const { workload } = endpoint;
  if (direction === "egress" && workload !== undefined && !maySend(workload, state.config, packet)) return "deny";
  const sight = sightOf(packet);
  for (const stage of stages) {
    const verdict = evaluateStage(state, { endpoint, stage, direction, sight });
    if (verdict !== "next") return verdict;
  }
  return "next";
}

interface AtStage {
  readonly endpoint: ActiveEndpoint;
  readonly stage: PolicyStage;
  readonly direction: Direction;
  readonly sight: Sight;
}

function evaluateStage(state: NodeState, { endpoint, stage, direction, sight }: AtStage): StateVerdict {
  const { directions, hasProfiles, unmatched } = STAGE_TRAITS[stage];
  if (!directions.includes(direction)) return "next";
  for (const tier of endpoint.stages[stage] ?? []) {
    const keys = tier[direction];
    if (keys.length === 0) continue;
    const rules = keys.flatMap((key) => state.policies.get(key)?.[direction] ?? []);
    const action = decide(state, rules, sight) ?? (tier.defaultAction === "Deny" ? "deny" : "pass");
    if (action !== "pass") return action;
  }
  for (const name of hasProfiles ? endpoint.profiles : []) {
    const action = decide(state, state.profiles.get(name)?.[direction] ?? [], sight) ?? "pass";
    if (action !== "pass") return action;
  }
  return unmatched;
}

interface Sight extends Packet {
  readonly sourceAddress: Address;
  readonly destinationAddress: Address;
}

function sightOf(packet: Packet): Sight {
  return {
    ...packet,
    sourceAddress: parseAddress(packet.source),
    destinationAddress: parseAddress(packet.destination),
  };
}

function maySend(workload: Workload, config: DataplaneConfig, packet: Packet): boolean {
  const source = parseAddress(packet.source);
  const within = (cidr: string): boolean => containsAddress(parseCidr(cidr), source);
  const isLent = config.workloadSourceSpoofing === "Any" && workload.allowSpoofedSourcePrefixes.some(within);
  if (!workload.addresses.some(within) && !isLent) return false;
  if (packet.protocol === 4) return config.allowIPIPPacketsFromWorkloads;
  if (packet.protocol === 17 && packet.destinationPort === config.vxlanPort)
    return config.allowVXLANPacketsFromWorkloads;
  return true;
}

function decide(state: NodeState, rules: readonly Rule[], packet: Sight): Exclude<Action, "log"> | undefined {
  for (const rule of rules) if (rule.action !== "log" && isMatch(state, rule, packet)) return rule.action;
  return undefined;
}

function isMatch(state: NodeState, rule: Rule, packet: Sight): boolean {
  return (
    (rule.ipVersion === undefined || rule.ipVersion === packet.ipVersion) &&
    (rule.protocol === undefined || rule.protocol === packet.protocol) &&
    (rule.notProtocol === undefined || rule.notProtocol !== packet.protocol) &&
    (rule.icmp === undefined || isIcmp(rule.icmp, packet)) &&
    (rule.notIcmp === undefined || !isIcmp(rule.notIcmp, packet)) &&
    isSideMatch(state, rule.source, { packet, address: packet.sourceAddress, port: packet.sourcePort }) &&
    isSideMatch(state, rule.destination, {
      packet,
      address: packet.destinationAddress,
      port: packet.destinationPort,
    })
  );
}

function isIcmp(wanted: Icmp, { ipVersion, protocol, icmp }: Packet): boolean {
  if (protocol !== (ipVersion === 4 ? 1 : 58) || icmp === undefined) return false;
  return icmp.type === wanted.type && (wanted.code === undefined || icmp.code === wanted.code);
}

interface SideOfPacket {
  readonly packet: Packet;
  readonly address: Address;
  readonly port: number | undefined;
}

function isSideMatch(state: NodeState, side: RuleSide, at: SideOfPacket): boolean {
  const { sets = [], notSets = [], ports = [], namedPorts = [], notPorts = [], notNamedPorts = [] } = side;
  if (!isNetMatch(side, at.address)) return false;
  const isInSets = sets.every((id) => hasAddress(state, id, at.address));
  const isPortMatch =
    ports.length + namedPorts.length === 0
      ? isInSets
      : (isInSets && isInRanges(ports, at)) || namedPorts.some((id) => hasPort(state, id, at));
  if (!isPortMatch || notSets.some((id) => hasAddress(state, id, at.address))) return false;
  if (notPorts.length + notNamedPorts.length === 0) return true;
  return isPorted(at.packet) && !isInRanges(notPorts, at) && !notNamedPorts.some((id) => hasPort(state, id, at));
}

/** A list of which nothing is of the packet's family makes the rule absent there, negated or not. */
function isNetMatch({ nets = [], notNets = [] }: RuleSide, address: Address): boolean {
  const ofFamily = (list: readonly string[]): readonly Cidr[] =>
    list.map(parseCidr).filter(({ family }) => family === address.family);
  const isIn = (list: readonly Cidr[]): boolean => list.some((cidr) => containsAddress(cidr, address));
  if (nets.length > 0 && !isIn(ofFamily(nets))) return false;
  if (notNets.length === 0) return true;
  const excluded = ofFamily(notNets);
  return excluded.length > 0 && !isIn(excluded);
}

function isPorted({ protocol }: Packet): boolean {
  return protocol === 6 || protocol === 17 || protocol === 132;
}

function isInRanges(ranges: readonly PortRange[], { packet, port }: SideOfPacket): boolean {
  return port !== undefined && isPorted(packet) && ranges.some(({ min, max }) => port >= min && port <= max);
}

function hasAddress({ sets }: NodeState, id: SetId, address: Address): boolean {
  for (const member of sets.get(id)?.members ?? []) if (containsAddress(parseCidr(member), address)) return true;
  return false;
}

function hasPort({ sets }: NodeState, id: SetId, { packet, address, port }: SideOfPacket): boolean {
  if (port === undefined || !isPorted(packet)) return false;
  for (const member of sets.get(id)?.members ?? []) {
    const [cidr, protocol, number] = member.split(",") as [string, string, string];
    const owner = parseCidr(cidr);
    if (owner.prefixLen !== bitsOf(owner.family)) continue;
    if (Number(protocol) === packet.protocol && Number(number) === port && containsAddress(owner, address)) return true;
  }
  return false;
}
