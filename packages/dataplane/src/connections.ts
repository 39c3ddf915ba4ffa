import { turns } from "@percale/daemon";
import { Conntrack } from "@percale/kernel";
import type { Connection } from "@percale/kernel";
import { evaluateState, HOST_VERDICTS } from "@percale/policy";
import type { NodeState, Packet } from "@percale/policy";

/** Tracked connections of local workloads, which would be let through for as long as they go on. Close it. */
export class Connections {
  readonly #netns: string | undefined;
  #conntrack: Conntrack | undefined;

  constructor({ netns }: { readonly netns: string | undefined }) {
    this.#netns = netns;
  }

  /** Ends those of addresses that have lost their owner: the next one must not inherit what that was allowed. */
  endOf(addresses: ReadonlySet<string>): void {
    this.#tracking().deleteByAddress(addresses);
  }

  /** Ends those that policy would not let begin now. `own`: the node's addresses. Returns how many. */
  async endDenied(state: NodeState, own: ReadonlySet<string>): Promise<number> {
    const addresses = Array.from(state.endpoints.values()).flatMap(({ workload }) => workload?.addresses ?? []);
    const conntrack = this.#tracking();
    const connections = conntrack.connections(new Set(addresses.map((cidr) => cidr.slice(0, cidr.indexOf("/")))));
    let ended = 0;
    const turn = turns();
    for (const { connection, isDenied } of findDenied(connections, state, own)) {
      if (isDenied && conntrack.delete(connection)) ended++;
      const others = turn(); // long lists of members make it slow, and packets of others do not wait
      if (others !== undefined) await others;
    }
    return ended;
  }

  close(): void {
    this.#conntrack?.close();
  }

  #tracking(): Conntrack {
    this.#conntrack ??= new Conntrack({ netns: this.#netns });
    return this.#conntrack;
  }
}
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
  for (const { key, active, workload } of state.endpoints.values())
    for (const cidr of active ? (workload?.addresses ?? []) : []) ownerOf.set(cidr.slice(0, cidr.indexOf("/")), key);
  const reachHost = HOST_VERDICTS[state.config.defaultEndpointToHostAction];
  for (const connection of connections) {
    const { family, tuple: _, id: __, ...rest } = connection;
    const packet: Packet = { ...rest, ipVersion: family };
    const [from, to] = [ownerOf.get(packet.source), ownerOf.get(packet.destination)];
    const isDenied =
      (from !== undefined && evaluateState(state, { endpoint: from, direction: "egress", packet }) === "deny") ||
      (to !== undefined &&
        !own.has(packet.source) &&
        evaluateState(state, { endpoint: to, direction: "ingress", packet }) === "deny") ||
      (from !== undefined && own.has(packet.destination) && reachHost === "deny");
    yield { connection, isDenied };
  }
}
