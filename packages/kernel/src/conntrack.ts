import { addressBytes, parseAddress } from "@percale/net";
import { isKernelError } from "./addon.ts";
import { attributes } from "./netlink/reader.ts";
import { NETLINK_NETFILTER, NetlinkSocket, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from "./netlink/socket.ts";
import { MessageWriter } from "./netlink/writer.ts";

const CT_GET = (1 << 8) | 1;
const CT_DELETE = (1 << 8) | 2;

interface Flow {
  /** Original and reply tuple, and id, as the kernel wrote them. */
  readonly orig: Buffer;
  readonly id: Buffer;
  readonly family: number;
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

  /**
   * Forgets every connection in which one of the addresses opened it or answered it (source of either direction).
   * One walk of the table for all of them. Returns how many went.
   */
  deleteByAddress(addresses: ReadonlySet<string>): number {
    if (addresses.size === 0) return 0;
    const wanted = new Set(Array.from(addresses, (a) => Buffer.from(addressBytes(parseAddress(a))).toString("latin1")));
    const flows = this.#socket.dump(
      (seq) => {
        this.#writer.clear();
        this.#writer.begin(CT_GET, NLM_F_REQUEST | NLM_F_DUMP, seq);
        this.#writer.word(0);
        this.#writer.end();
        return this.#writer;
      },
      "list connections",
      ({ buffer, start, end }): Flow | undefined => {
        const a = attributes(buffer, start + 4, end);
        const [orig, reply, id] = [a.get(1), a.get(2), a.get(12)];
        if (orig === undefined || reply === undefined || id === undefined) return undefined;
        if (!wanted.has(sourceOf(buffer, orig)) && !wanted.has(sourceOf(buffer, reply))) return undefined;
        const copy = (from: number, to: number) => Buffer.from(buffer.subarray(from, to));
        return { orig: copy(orig.start, orig.end), id: copy(id.start, id.end), family: buffer[start]! };
      },
    );
    let deleted = 0;
    for (const flow of flows) if (this.#delete(flow)) deleted++;
    return deleted;
  }

  close(): void {
    this.#socket.close();
  }

  #delete({ orig, id, family }: Flow): boolean {
    const seq = this.#socket.nextSeq();
    this.#writer.clear();
    this.#writer.begin(CT_DELETE, NLM_F_REQUEST | NLM_F_ACK, seq);
    this.#writer.word(family);
    this.#writer.raw(1 | 0x8000, orig);
    this.#writer.raw(12, id);
    this.#writer.end();
    try {
      this.#socket.request(this.#writer, seq, "delete connection");
      return true;
    } catch (error) {
      if (isKernelError(error, "ENOENT")) return false; // ended by itself meanwhile
      throw error;
    }
  }
}

/** Source address bytes of a tuple. */
function sourceOf(buffer: Buffer, { start, end }: { readonly start: number; readonly end: number }): string {
  const ip = attributes(buffer, start, end).get(1);
  if (ip === undefined) return "";
  const a = attributes(buffer, ip.start, ip.end);
  const source = a.get(1) ?? a.get(3);
  return source === undefined ? "" : buffer.toString("latin1", source.start, source.end);
}
