import { NUD_PERMANENT } from "@percale/kernel";
import type { Neighbour, Rtnetlink } from "@percale/kernel";
import { ignoring, noting } from "../notes.ts";
import { eachAttached } from "../part.ts";
import type { Part, Work } from "../part.ts";

/** Permanent neighbour entries of workloads' IPv4 addresses, so that nobody else can answer for them. The kernel resolves IPv6 itself. */
export class NeighboursPart implements Part {
  readonly name = "neighbours";
  readonly #rtnetlink: Rtnetlink;

  constructor({ rtnetlink }: { readonly rtnetlink: Rtnetlink }) {
    this.#rtnetlink = rtnetlink;
  }

  /** Nothing is remembered: each pass looks at what is there. */
  readonly note = noting(ignoring("config", "endpoint", "policy", "profile", "set", "members", "pool", "hosts"));
  resync(): void {}

  async pass(work: Work): Promise<void> {
    if (!work.attached.some(({ endpoint }) => endpoint.workload.mac !== undefined)) return;
    const all = await this.#rtnetlink.neighbours();
    const present = new Map(all.map((one) => [`${one.address} ${one.ifIndex}`, one]));
    await eachAttached(work, async ({ endpoint: { workload }, link: { index: ifIndex } }) => {
      const { mac, addresses } = workload;
      for (const cidr of mac === undefined ? [] : addresses) {
        const address = cidr.slice(0, cidr.indexOf("/"));
        if (mac === undefined || address.includes(":") || isSet(present.get(`${address} ${ifIndex}`), mac)) continue;
        await this.#rtnetlink.replaceNeighbour({ ifIndex, address, mac, state: NUD_PERMANENT, flags: 0 });
      }
    });
  }
}

function isSet(present: Neighbour | undefined, mac: string): boolean {
  return present?.mac === mac.toLowerCase() && (present.state & NUD_PERMANENT) !== 0;
}
