import { groupSettings } from "../../settings.ts";
import type { SettingGroup } from "../../settings.ts";

/** Where a field stands on the settings page; the order of the groups is that of the page. */
export const felixGroups = (fields: readonly string[]): readonly SettingGroup[] =>
  groupSettings(fields, [
    [
      "Policy",
      /^(defaultEndpointToHost|failsafe|workloadSourceSpoofing|disableConntrack|allow(IPIP|VXLAN)|policySync|serviceLoop)/,
    ],
    [
      "NAT and routes",
      /^(nat[A-Z]|.*[rR]oute|floatingIPs|ipForwarding|removeExternal|liveMigration|localSubnet|awsSrcDst)/,
    ],
    ["Tunnels", /^(vxlan|ipip[A-Z]|mtuIface|requireMTU|externalNodes)/],
    ["WireGuard", /^wireguard/],
    ["nftables", /^nftables/],
    ["iptables and XDP", /^(iptables|ipsets|maxIpset|kubeNodePort|chainInsert|genericXDP|xdp)/],
    ["eBPF", /^bpf/],
    ["Flow logs", /^flowLogs/],
    ["Logging", /^log/],
    ["Health and metrics", /^(health|prometheus|usageReporting)/],
    ["OpenStack and Windows", /^(openstack|metadata|endpointReporting|reporting|windows)/],
    ["Debugging", /^(debug|go[A-Z]|feature)/],
    ["Interfaces and dataplane", /^/],
  ]);
