import { defineCondition } from "./define.ts";

/** What the kernel of a node holds, or refuses to hold. */
export const NftBatchRefused = defineCondition({
  code: "NftBatchRefused",
  severity: "error",
  about: "a node's nftables tables",
  title: "The kernel refuses the rules",
  advice:
    "The rules in force stay as they were. Look for kernel modules that are missing (nf_tables, nft_ct, nft_fib, nft_log) and in the kernel log.",
  means: "nftables refused a whole batch, so nothing of it is in force; the rules before it are.",
  look: "`dmesg`, `lsmod`; `nft list tables` in the node's namespace",
});

export const NftPolicyRefused = defineCondition({
  code: "NftPolicyRefused",
  severity: "error",
  about: "a policy or profile",
  samples: [{ object: "NetworkPolicy/shop/orders" }],
  title: ({ object }: { readonly object: string }) => `The kernel refuses the rules of ${object}`,
  advice:
    "What this policy would allow is denied until it changes; its denies are in force. Simplify the rule, or load the kernel module it needs.",
  means: "One policy has a rule that this kernel does not take; every other policy is in force.",
  look: "the detail names the rule; `dmesg` and `lsmod` on that node",
});

export const NftUnsupported = defineCondition({
  code: "NftUnsupported",
  severity: "warning",
  about: "a policy, profile or endpoint",
  samples: [{ object: "WorkloadEndpoint/shop/cart" }],
  title: ({ object }: { readonly object: string }) => `Not all of ${object} is in force on this node`,
  advice: "This node's nftables driver cannot enforce it yet: do not count on it here.",
  means: "The object asks for something that this version's nftables driver leaves out; the rest of it is in force.",
  look: "the detail says what is left out",
});

export const ForwardingOff = defineCondition({
  code: "ForwardingOff",
  severity: "error",
  about: "a node",
  title: "This node does not forward packets",
  advice:
    "Give the agent write access to /proc/sys/net, or set ipForwarding: Disabled and enable forwarding by other means.",
  means: "The agent could not set a sysctl that forwarding needs: workloads reach nothing beyond the node.",
  look: "`sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding` in the node's namespace",
});

export const WorkloadDown = defineCondition({
  code: "WorkloadDown",
  severity: "warning",
  about: "a WorkloadEndpoint",
  samples: [{ endpoint: "shop/cart", interfaceName: "cali0" }],
  title: ({ endpoint }: { readonly endpoint: string; readonly interfaceName: string }) =>
    `${endpoint} has no network on this node`,
  advice: ({ interfaceName }) =>
    `Look for ${interfaceName} (ip link): set down, undo that; gone, start the workload again. Its policy is kept.`,
  means: "The endpoint is active and its interface is missing or down.",
  look: "`ip link` in the node's namespace; the agent's log (component `cni`) for its attachment",
});

export const InterfaceClosed = defineCondition({
  code: "InterfaceClosed",
  severity: "warning",
  about: "an interface of a node",
  samples: [{ interfaceName: "cali0" }],
  title: ({ interfaceName }: { readonly interfaceName: string }) =>
    `${interfaceName} was a workload's interface and passes nothing`,
  advice: ({ interfaceName }) =>
    `Delete it (ip link delete ${interfaceName}), or give it back the name that its endpoint says.`,
  means: "No endpoint has this interface any more, so all its packets are dropped.",
  look: "`ip link` in the node's namespace; `percale get workloadendpoints -A`",
});

export const InterfaceRenamed = defineCondition({
  code: "InterfaceRenamed",
  severity: "warning",
  about: "a WorkloadEndpoint",
  samples: [{ endpoint: "shop/cart", interfaceName: "eth9", owner: "cali0" }],
  title: ({ endpoint }: { readonly endpoint: string; readonly interfaceName: string; readonly owner: string }) =>
    `The interface of ${endpoint} was renamed`,
  advice: ({ interfaceName, owner }) =>
    `Its policy and routes follow it. Rename it back: ip link set ${interfaceName} name ${owner}`,
  means: "Somebody gave a workload's interface another name; its policy and routes stay with it.",
  look: "`ip link` in the node's namespace",
});
