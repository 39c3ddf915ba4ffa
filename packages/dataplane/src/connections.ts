import type { Connection } from "@percale/kernel";
import { evaluateState } from "@percale/policy";
import type { NodeState, Packet } from "@percale/policy";

/**
 * Those of the connections that policy would not let begin now. What began while our tables were broken is established and
 * would be let through for as long as it goes on. `own`: the node's addresses, whose packets to workloads are never judged.
 */
export function* findDenied(
  connections: Iterable<Connection>,
  state: NodeState,
  own: ReadonlySet<string>,
): Generator<{ readonly connection: Connection; readonly isDenied: boolean }> {
  const ownerOf = new Map<string, string>();
  for (const { key, active, addresses } of state.endpoints.values())
    if (active) for (const cidr of addresses) ownerOf.set(cidr.slice(0, cidr.indexOf("/")), key);
  for (const connection of connections) {
    const { family, tuple: _, id: __, ...rest } = connection;
    const packet: Packet = { ...rest, ipVersion: family };
    const [from, to] = [ownerOf.get(packet.source), ownerOf.get(packet.destination)];
    const isDenied =
      (from !== undefined && evaluateState(state, { endpoint: from, direction: "egress", packet }) === "deny") ||
      (to !== undefined &&
        !own.has(packet.source) &&
        evaluateState(state, { endpoint: to, direction: "ingress", packet }) === "deny") ||
      (from !== undefined && own.has(packet.destination) && refusesWorkloads(state));
    yield { connection, isDenied };
  }
}

function refusesWorkloads({ config }: NodeState): boolean {
  const action = config?.defaultEndpointToHostAction;
  return action === "Drop" || action === "Reject";
}
