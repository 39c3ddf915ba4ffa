import type { Socket } from "node:net";
import { networkOf } from "./auth/failures.ts";
import { LIMITS, SharedGate } from "./limits.ts";
import type { Leave } from "./limits.ts";

type Peer = Pick<Socket, "remoteAddress" | "remotePort">;

/**
 * Connections on which nobody is known yet. One source may have only so many, so that it can't use up the server's alone, whatever it
 * sends or does not send on them.
 */
export class Strangers {
  readonly #gate: SharedGate;
  readonly #leaveByPeer = new Map<string, Leave>();

  constructor(mostPerSource: number = LIMITS.strangersConnections) {
    this.#gate = new SharedGate(LIMITS.connections, mostPerSource);
  }

  get count(): number {
    return this.#leaveByPeer.size;
  }

  /** A connection begins; one too many is cut. Unix sockets are for those who may open them. */
  meet(socket: Socket): void {
    const source = networkOf(socket.remoteAddress ?? "");
    if (source === undefined) return;
    const leave = this.#gate.enter(source);
    if (leave === undefined) {
      socket.destroy();
      return;
    }
    const peer = keyOf(socket);
    this.#leaveByPeer.set(peer, leave);
    socket.once("close", () => this.#forget(peer));
  }

  /** A good credential came on it. By the ends' names, as TLS wraps the socket that `meet` saw. */
  know(socket: Peer): void {
    this.#forget(keyOf(socket));
  }

  #forget(peer: string): void {
    this.#leaveByPeer.get(peer)?.();
    this.#leaveByPeer.delete(peer);
  }
}

function keyOf({ remoteAddress, remotePort }: Peer): string {
  return `${remoteAddress} ${remotePort}`;
}
