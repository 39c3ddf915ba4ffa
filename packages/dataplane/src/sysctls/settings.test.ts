import { expect, test } from "vitest";
import { nodeSysctls, workloadSysctls } from "./settings.ts";

const ra = (optional: boolean) => ({ path: "net/ipv6/conf/cali0/accept_ra", value: "0", optional });
const v4 = [
  { path: "net/ipv4/conf/cali0/route_localnet", value: "1" },
  { path: "net/ipv4/neigh/cali0/proxy_delay", value: "0", optional: true },
  { path: "net/ipv4/conf/cali0/proxy_arp", value: "1" },
  { path: "net/ipv4/conf/cali0/forwarding", value: "1" },
  { path: "net/ipv4/conf/cali0/rp_filter", value: "2" },
];
const v6 = [
  { path: "net/ipv6/conf/cali0/proxy_ndp", value: "1" },
  { path: "net/ipv6/conf/cali0/forwarding", value: "1" },
];

test.each([
  [{ ipv6: false, hasV4: true, hasV6: false }, [ra(true), ...v4]],
  [{ ipv6: true, hasV4: true, hasV6: false }, [ra(true), ...v4]],
  [{ ipv6: true, hasV4: false, hasV6: true }, [ra(false), ...v6]],
  [{ ipv6: true, hasV4: true, hasV6: true }, [ra(false), ...v4, ...v6]],
  [{ ipv6: false, hasV4: true, hasV6: true }, [ra(true), ...v4]],
])("a workload's interface where %j has the settings of its families", (options, sysctls) => {
  expect(workloadSysctls("cali0", { ...options, rpFilter: "2" })).toEqual(sysctls);
});

const accounting = { path: "net/netfilter/nf_conntrack_acct", value: "1", optional: true };
test.each([
  [{ ipForwarding: false, ipv6: true }, [accounting]],
  [
    { ipForwarding: true, ipv6: true },
    [
      { path: "net/ipv4/ip_forward", value: "1" },
      { path: "net/ipv6/conf/all/forwarding", value: "1", optional: false },
      accounting,
    ],
  ],
  [
    { ipForwarding: true, ipv6: false },
    [
      { path: "net/ipv4/ip_forward", value: "1" },
      { path: "net/ipv6/conf/all/forwarding", value: "1", optional: true },
      accounting,
    ],
  ],
])("a node with %j has these settings", (options, sysctls) => {
  expect(nodeSysctls(options)).toEqual(sysctls);
});
