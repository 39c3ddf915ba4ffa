import { R0 } from "@percale/kernel";
import type { Expr, Family, NftRule } from "@percale/kernel";
import { addressBytes, tryParseAddress } from "@percale/net";
import type { DataplaneConfig, PortRange } from "@percale/policy";
import { COUNTER, protocol, RETURN, u16be } from "./expr.ts";
import { inSet, notInSet } from "./match.ts";
import type { SetFacts } from "./match.ts";

/** Pools with natOutgoing; all pools but those for load balancers; all nodes' addresses. */
export const MASQ_POOLS = "masq-ipam-pools";
export const NETWORK_POOLS = "network-ip-pools";
export const ALL_HOSTS = "all-hosts-net";

/** What leaves the network from a pool with natOutgoing gets an address of the node. */
export function natRules(options: {
  readonly family: Family;
  readonly config: DataplaneConfig;
  readonly sets: SetFacts;
}): NftRule[] {
  const { family, config, sets } = options;
  const outside = [
    ...notInSet(NETWORK_POOLS, "destination", family, sets),
    ...(config.natOutgoingExclusions === "IPPoolsAndHostIPs" ? notInSet(ALL_HOSTS, "destination", family, sets) : []),
  ];
  return inSet(MASQ_POOLS, "source", family, sets).flatMap((fromPool) => {
    const match = [...fromPool, ...outside];
    const range = config.natPortRange;
    const rest = { exprs: [...match, COUNTER, ...translate(config, family, undefined)], comment: "natOutgoing" };
    if (range === undefined) return [rest];
    // The returns keep a flow that finds the range exhausted from falling into the plain rule.
    const ranged = [6, 17].flatMap((number) => [
      { exprs: [...match, ...protocol(number), COUNTER, ...translate(config, family, range)], comment: "natOutgoing" },
      { exprs: [...match, ...protocol(number), RETURN], comment: "" },
    ]);
    return [...ranged, rest];
  });
}

/** Masquerade picks the address of the outgoing interface; natOutgoingAddress names one. */
function translate(config: DataplaneConfig, family: Family, ports: PortRange | undefined): Expr[] {
  const loads: Expr[] = [];
  const load = (data: Uint8Array, reg: number) => (loads.push({ e: "immediate", reg, data }), reg);
  const portRegs =
    ports === undefined ? {} : { portRegs: [load(u16be(ports.min), R0 + 4), load(u16be(ports.max), R0 + 5)] as const };
  const address = config.natOutgoingAddress === undefined ? undefined : tryParseAddress(config.natOutgoingAddress);
  if (address === undefined || address.family !== family)
    return [...loads, { e: "masquerade", random: ports === undefined, ...portRegs }];
  const addressReg = load(addressBytes(address), R0);
  return [...loads, { e: "snat", family, addressReg, ...portRegs }];
}
