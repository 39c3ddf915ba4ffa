import type { Link } from "@percale/kernel";
import { parseCidr } from "@percale/net";
import type { DataplaneConfig, Workload } from "@percale/policy";
import { condition } from "@percale/protocol";
import type { RaisedCondition } from "@percale/protocol";
import { ignoring, noting } from "../notes.ts";
import { eachAttached } from "../part.ts";
import type { Part, Work } from "../part.ts";
import type { SysctlFiles } from "./files.ts";
import { nodeSysctls, workloadSysctls } from "./settings.ts";
import type { Sysctl } from "./settings.ts";

/** What /proc/sys/net must say: of the node, and of workloads' interfaces. */
export class SysctlsPart implements Part {
  readonly name = "sysctls";
  readonly #files: SysctlFiles;
  readonly #defaultRpFilter: string;
  #nodeIsDue = true;
  #nodeFailed: readonly string[] = [];

  constructor({ files }: { readonly files: SysctlFiles }) {
    this.#files = files;
    this.#defaultRpFilter = readRpFilter(files);
  }

  readonly note = noting({
    config: () => this.resync(),
    ...ignoring("endpoint", "policy", "profile", "set", "members", "pool", "hosts"),
  });

  resync(): void {
    this.#nodeIsDue = true;
  }

  async pass(work: Work): Promise<void> {
    const { config } = work.state;
    if (this.#nodeIsDue) {
      const wanted = nodeSysctls({ ipForwarding: config.ipForwarding, ipv6: config.ipv6Support });
      this.#nodeFailed = this.#files.write(wanted);
      this.#nodeIsDue = this.#nodeFailed.length > 0;
    }
    await eachAttached(work, async ({ endpoint, link }) => {
      const failed = this.#files.write(this.#ofWorkload(endpoint.workload, link, config));
      if (failed.length > 0) work.fault(endpoint, { state: "down", detail: `cannot write ${failed.join(", ")}` });
    });
  }

  conditions(): readonly RaisedCondition[] {
    if (this.#nodeFailed.length === 0) return [];
    return [condition.ForwardingOff({ detail: `cannot write ${this.#nodeFailed.join(", ")}` })];
  }

  #ofWorkload(workload: Workload, link: Link, config: DataplaneConfig): readonly Sysctl[] {
    const families = new Set(workload.addresses.map((cidr) => parseCidr(cidr).family));
    const spoofs = config.workloadSourceSpoofing === "Any" && workload.allowSpoofedSourcePrefixes.length > 0;
    return workloadSysctls(link.name, {
      ipv6: config.ipv6Support,
      hasV4: families.has(4),
      hasV6: families.has(6),
      rpFilter: spoofs ? "0" : this.#defaultRpFilter,
    });
  }
}

function readRpFilter(files: SysctlFiles): string {
  try {
    return files.read("net/ipv4/conf/default/rp_filter");
  } catch {
    return "1"; // what the check would be if we could see it
  }
}
