import { readSysctl, writeSysctl } from "@percale/kernel";

export interface Sysctl {
  readonly path: string;
  readonly value: string;
}

/** A setting of the interface on the node. `optional`: absent on kernels without that protocol, and nothing depends on it. */
export interface HostSysctl extends Sysctl {
  readonly optional: boolean;
}

export function hostSysctls({
  hostInterface,
  addresses,
}: {
  readonly hostInterface: string;
  readonly addresses: readonly string[];
}): HostSysctl[] {
  const [v4, v6] = [`net/ipv4/conf/${hostInterface}`, `net/ipv6/conf/${hostInterface}`];
  const must = (path: string, value: string): HostSysctl => ({ path, value, optional: false });
  const may = (path: string, value: string): HostSysctl => ({ path, value, optional: true });
  return [
    may(`${v6}/accept_ra`, "0"),
    ...(addresses.some((address) => !address.includes(":"))
      ? [
          must(`${v4}/route_localnet`, "1"),
          may(`net/ipv4/neigh/${hostInterface}/proxy_delay`, "0"),
          must(`${v4}/proxy_arp`, "1"),
          must(`${v4}/forwarding`, "1"),
        ]
      : []),
    ...(addresses.some((address) => address.includes(":"))
      ? [
          may(`${v6}/accept_dad`, "0"),
          must(`${v6}/disable_ipv6`, "0"),
          must(`${v6}/proxy_ndp`, "1"),
          must(`${v6}/forwarding`, "1"),
        ]
      : []),
  ];
}

export function applySysctl({ path, value, optional }: HostSysctl, netns: string | undefined): void {
  try {
    writeSysctl(path, value, netns === undefined ? {} : { netns });
  } catch (error) {
    if (!optional) throw error;
  }
}

/** What it holds instead of its value; undefined if that is it. */
export function sysctlFault({ path, value, optional }: HostSysctl, netns: string | undefined): string | undefined {
  try {
    const present = readSysctl(path, netns === undefined ? {} : { netns });
    return present === value ? undefined : `${path} is ${present} and not ${value}`;
  } catch {
    return optional ? undefined : `${path} cannot be read`;
  }
}
