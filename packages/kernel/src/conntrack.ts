import { addressBytes, formatAddress, parseAddress } from "@percale/net";
import { isKernelError } from "./addon.ts";
import { attributes } from "./netlink/reader.ts";
import type { Span } from "./netlink/reader.ts";
import { NETLINK_NETFILTER, NetlinkSocket, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from "./netlink/socket.ts";
import { MessageWriter } from "./netlink/writer.ts";

const CT_GET = (1 << 8) | 1;
const CT_DELETE = (1 << 8) | 2;

/** A tracked connection as the packets that opened it cross the forward hook: after DNAT, before SNAT. */
export interface Connection {
  readonly family: 4 | 6;
  /** IP protocol number. */
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmp?: { readonly type: number; readonly code: number };
  /** Original tuple and id, as the kernel wrote them. */
  readonly tuple: Buffer;
  readonly id: Buffer;
}

/** The connection table of one network namespace. Close it. */
export class Conntrack {
  readonly #socket: NetlinkSocket;
  readonly #writer = new MessageWriter(1024);

  constructor(options: { readonly netns?: string | undefined } = {}) {
    this.#socket = new NetlinkSocket({
      protocol: NETLINK_NETFILTER,
      netns: options.netns,
      receiveBytes: 8 * 1024 * 1024,
    });
  }

  /** Forgets every connection in which one of the addresses opened it or answered it. Returns how many went. */
  deleteByAddress(addresses: ReadonlySet<string>): number {
    return this.connections(addresses).filter((connection) => this.delete(connection)).length;
  }

  /**
   * Every connection in which one of the addresses opened it or answered it (source of either direction). One walk of the
   * table for all of them.
   */
  connections(addresses: ReadonlySet<string>): Connection[] {
    if (addresses.size === 0) return [];
    const wanted = new Set(Array.from(addresses, (a) => Buffer.from(addressBytes(parseAddress(a))).toString("latin1")));
    return this.#socket.dump(
      (seq) => {
        this.#writer.clear();
        this.#writer.begin(CT_GET, NLM_F_REQUEST | NLM_F_DUMP, seq);
        this.#writer.word(0);
        this.#writer.end();
        return this.#writer;
      },
      "list connections",
      ({ buffer, start, end }): Connection | undefined => {
        const a = attributes(buffer, start + 4, end);
        const [orig, reply, id] = [a.get(1), a.get(2), a.get(12)];
        if (orig === undefined || reply === undefined || id === undefined) return undefined;
        const [there, back] = [readTuple(buffer, orig), readTuple(buffer, reply)];
        if (!wanted.has(there.source) && !wanted.has(back.source)) return undefined;
        const copy = ({ start, end }: Span) => Buffer.from(buffer.subarray(start, end));
        return {
          family: buffer[start] === AF_INET ? 4 : 6,
          protocol: there.protocol,
          source: addressText(there.source),
          destination: addressText(back.source),
          ...(there.port !== undefined && { sourcePort: there.port }),
          ...(back.port !== undefined && { destinationPort: back.port }),
          ...(there.icmp !== undefined && { icmp: there.icmp }),
          tuple: copy(orig),
          id: copy(id),
        };
      },
    );
  }

  close(): void {
    this.#socket.close();
  }

  /** False if it ended by itself meanwhile. */
  delete({ tuple, id, family }: Pick<Connection, "tuple" | "id" | "family">): boolean {
    const seq = this.#socket.nextSeq();
    this.#writer.clear();
    this.#writer.begin(CT_DELETE, NLM_F_REQUEST | NLM_F_ACK, seq);
    this.#writer.word(family === 4 ? AF_INET : AF_INET6);
    this.#writer.raw(1 | 0x8000, tuple);
    this.#writer.raw(12, id);
    this.#writer.end();
    try {
      this.#socket.request(this.#writer, seq, "delete connection");
      return true;
    } catch (error) {
      if (isKernelError(error, "ENOENT")) return false;
      throw error;
    }
  }
}

const AF_INET = 2;
const AF_INET6 = 10;

/** One direction of a connection: whose packets, and from which port. */
function readTuple(buffer: Buffer, { start, end }: Span) {
  const a = attributes(buffer, start, end);
  const [ip, proto] = [a.get(1), a.get(2)];
  const addresses = ip === undefined ? undefined : attributes(buffer, ip.start, ip.end);
  const address = addresses?.get(1) ?? addresses?.get(3);
  const source = address === undefined ? "" : buffer.toString("latin1", address.start, address.end);
  const p = proto === undefined ? new Map<number, Span>() : attributes(buffer, proto.start, proto.end);
  const byte = (type: number) => (p.has(type) ? buffer[p.get(type)!.start] : undefined);
  const type = byte(5) ?? byte(8);
  return {
    source,
    protocol: byte(1) ?? 0,
    port: p.has(2) ? buffer.readUInt16BE(p.get(2)!.start) : undefined,
    icmp: type === undefined ? undefined : { type, code: byte(6) ?? byte(9) ?? 0 },
  };
}

function addressText(bytes: string): string {
  let value = 0n;
  for (const byte of Buffer.from(bytes, "latin1")) value = (value << 8n) | BigInt(byte);
  return formatAddress({ family: bytes.length === 4 ? 4 : 6, value });
}
