/** One file under /proc/sys/net and what it must hold. `optional`: its absence is no fault. */
export interface Sysctl {
  readonly path: string;
  readonly value: string;
  readonly optional?: boolean;
}

/** For a workload's interface. */
export function workloadSysctls(
  interfaceName: string,
  options: { readonly ipv6: boolean; readonly hasV4: boolean; readonly hasV6: boolean; readonly rpFilter: string },
): readonly Sysctl[] {
  const v4 = `net/ipv4/conf/${interfaceName}`;
  const v6 = `net/ipv6/conf/${interfaceName}`;
  const both: Sysctl[] = [{ path: `${v6}/accept_ra`, value: "0", optional: !(options.ipv6 && options.hasV6) }];
  const forV4: Sysctl[] = [
    { path: `${v4}/route_localnet`, value: "1" },
    { path: `net/ipv4/neigh/${interfaceName}/proxy_delay`, value: "0", optional: true },
    { path: `${v4}/proxy_arp`, value: "1" },
    { path: `${v4}/forwarding`, value: "1" },
    { path: `${v4}/rp_filter`, value: options.rpFilter },
  ];
  const forV6: Sysctl[] = [
    { path: `${v6}/proxy_ndp`, value: "1" },
    { path: `${v6}/forwarding`, value: "1" },
  ];
  return [...both, ...(options.hasV4 ? forV4 : []), ...(options.ipv6 && options.hasV6 ? forV6 : [])];
}

/** For the node. */
export function nodeSysctls(options: { readonly ipForwarding: boolean; readonly ipv6: boolean }): readonly Sysctl[] {
  const accounting: Sysctl = { path: "net/netfilter/nf_conntrack_acct", value: "1", optional: true };
  if (!options.ipForwarding) return [accounting];
  return [
    { path: "net/ipv4/ip_forward", value: "1" },
    { path: "net/ipv6/conf/all/forwarding", value: "1", optional: !options.ipv6 },
    accounting,
  ];
}
