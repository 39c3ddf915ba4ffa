import { FIELD } from "@percale/kernel";
import type { Family, NftSet } from "@percale/kernel";
import type { Direction, PolicyStage } from "@percale/policy";

/**
 * What lives in the tables `ip calico` and `ip6 calico`.
 *
 *   raw-PREROUTING        clear marks · from a workload: allowed foreign sources, else the route back must be its interface
 *   filter-FORWARD-from   priority -1: from-workload dispatch    ┐ two base chains, so that an Allow is simply `accept`:
 *   filter-FORWARD        priority  0: to-workload dispatch      ┘ it ends its own half only, and no mark carries it on
 *   filter-INPUT-from     priority -1: from-workload dispatch
 *   filter-INPUT          priority  0: workload-to-host action
 *   nat-POSTROUTING       priority 110: natOutgoing, after kube-proxy
 *
 *   dispatch (verdict map by interface index; a workload's without an entry is denied) → fw-/tw-<interface> → [tier with Pass] → pi-/po-<policy>,
 *   pri-/pro-<profile>. A policy's chain is shared by all endpoints: Allow accepts, Deny denies, Pass sets the pass bit
 *   and returns, no match returns.
 *
 * Membership of every selector is in one set per family, keyed (set number . address): the kernel walks its list of sets
 * for each rule that names one, so ten thousand sets take seconds and one takes none.
 *
 * Workload interfaces go by index: an interface can be renamed, and must not leave its policy by that. Names count only for
 * those that nobody has seen yet: what begins with a workload prefix is a workload's from its first packet on.
 */
export const TABLE = "calico";
export const HOSTS = "cali-hosts";
export const NETS = "cali-nets";
export const NAMED_PORTS = "cali-named-ports";
export const PORTS = "cali-ports";
/** Indexes of all links that are or were workloads'. */
export const WORKLOADS = "cali-workloads";
export const FROM_MAP = "filter-cali-from-wl-dispatch";
export const TO_MAP = "filter-cali-to-wl-dispatch";

export const FAMILIES: readonly Family[] = [4, 6];

const id = { bytes: 4, type: FIELD.mark };
const address = { 4: { bytes: 4, type: FIELD.ipv4 }, 6: { bytes: 16, type: FIELD.ipv6 } } as const;
const proto = { bytes: 1, type: FIELD.proto };
const port = { bytes: 2, type: FIELD.service };
const ifindex = { bytes: 4, type: FIELD.ifindex };

export function setsOf(family: Family): readonly NftSet[] {
  return [
    { name: HOSTS, kind: "hash", fields: [id, address[family]] },
    { name: NETS, kind: "interval", fields: [id, address[family]] },
    { name: NAMED_PORTS, kind: "hash", fields: [id, address[family], proto, port] },
    { name: PORTS, kind: "interval", fields: [id, port] },
    { name: WORKLOADS, kind: "hash", fields: [ifindex] },
    { name: FROM_MAP, kind: "vmap", fields: [ifindex] },
    { name: TO_MAP, kind: "vmap", fields: [ifindex] },
  ];
}

/** Whether a chain is called so that others can call it: no base chain is. */
export function isCalled(chain: string): boolean {
  return chain.startsWith("filter-cali-");
}

/** What a policy's chain is called before its key (`ChainNames`). */
export function policyPrefix(direction: Direction): string {
  return direction === "ingress" ? "filter-cali-pi-" : "filter-cali-po-";
}

export function profilePrefix(direction: Direction): string {
  return direction === "ingress" ? "filter-cali-pri-" : "filter-cali-pro-";
}

/** Stages that are rendered. Another one needs its chains here, and base chains that call them in `base.ts`. */
export const RENDERED_STAGES = ["normal"] as const satisfies readonly PolicyStage[];
export type RenderedStage = (typeof RENDERED_STAGES)[number];

/** What an endpoint's chain is called before its interface's name. To the workload: tw; from it: fw. */
const STAGE_CHAINS: Readonly<Record<RenderedStage, Readonly<Record<Direction, string>>>> = {
  normal: { ingress: "filter-cali-tw-", egress: "filter-cali-fw-" },
};

export function endpointChain(interfaceName: string, direction: Direction, stage: RenderedStage = "normal"): string {
  return STAGE_CHAINS[stage][direction] + interfaceName;
}

const EGRESS_CHAIN = endpointChain("", "egress");

/** The interface name out of the name of its egress chain. */
export function interfaceOf(chain: string): string | undefined {
  return chain.startsWith(EGRESS_CHAIN) ? chain.slice(EGRESS_CHAIN.length) : undefined;
}

/** Of a part of an endpoint's chain; `/` cannot be in an interface name, so these never meet another endpoint's. */
export function tierPrefix(interfaceName: string, direction: Direction, stage: RenderedStage): string {
  return `${endpointChain(interfaceName, direction, stage)}/`;
}

/** Whether the kernel can have an interface of that name. */
export function isInterfaceName(name: string): boolean {
  return /^[^/:\s\0]{1,15}$/.test(name) && name !== "." && name !== "..";
}

export interface Marks {
  /** Lowest bit of the mask: other tools are configured around it. Used between hooks by host endpoints. */
  readonly accept: number;
  readonly pass: number;
}

export function marksOf(mask: number): Marks {
  const accept = mask & -mask;
  const rest = mask & ~accept;
  return { accept: accept >>> 0, pass: (rest & -rest) >>> 0 };
}
