interface CniEntry {
  readonly code: number;
  /** What kubelet shows is worded by what went wrong; this is what all of one code have in common. */
  readonly title: string;
  readonly means: string;
  readonly advice: string;
}

/**
 * Every code of a CNI error: below 100 the CNI specification's (https://www.cni.dev/docs/spec/#error), from 100 on ours, and stable.
 * The agent and the native client give no other; a test holds the client's C to these.
 */
export const cniCodes = {
  version: {
    code: 1,
    title: "The CNI version is not spoken",
    means: "The network configuration asks for a version of the specification that Percale does not speak.",
    advice: "Set `cniVersion` to one that the details name.",
  },
  unknownContainer: {
    code: 3,
    title: "The container has no id",
    means: "The runtime called with an empty CNI_CONTAINERID.",
    advice: "A fault of the runtime: see its log.",
  },
  environment: {
    code: 4,
    title: "A CNI variable is missing or wrong",
    means: "CNI_COMMAND, CNI_IFNAME, CNI_NETNS or CNI_ARGS do not say what the call needs.",
    advice: "The message names the variable. An unknown key in CNI_ARGS is let through by IgnoreUnknown=1.",
  },
  io: {
    code: 5,
    title: "The call could not be read",
    means: "The configuration on stdin is longer than 1 MiB or ends early.",
    advice: "Look at what the runtime hands over.",
  },
  decode: {
    code: 6,
    title: "The network configuration is not JSON",
    means: "The file that the runtime read is damaged.",
    advice: "Look at the files in /etc/cni/net.d.",
  },
  config: {
    code: 7,
    title: "The network configuration is wrong",
    means: "A setting has a value that it cannot have, or asks for what Percale does not do.",
    advice: "The details name the setting: correct the file in /etc/cni/net.d.",
  },
  netns: {
    code: 8,
    title: "The network namespace is not there",
    means: "CNI_NETNS leads nowhere, or to the node's own namespace.",
    advice: "The container has probably ended: the runtime makes a new one. If it stays, see the runtime's log.",
  },
  tryLater: {
    code: 11,
    title: "Try again later",
    means: "The agent or the API server does not answer, or is busy with the same thing. Nothing was changed.",
    advice:
      "The runtime tries again by itself. If it stays: does the agent run, and is ApiUnreachable among its conditions?",
  },
  notAvailable: {
    code: 50,
    title: "No workload can be attached now",
    means: "STATUS alone: the agent runs and waits for its first state or for the API server.",
    advice: "The details say for what; `percale lab status` or Health shows the agent's conditions.",
  },
  limited: {
    code: 51,
    title: "The agent does not answer",
    means: "STATUS alone: no new workloads; those that are attached keep network and policy.",
    advice: "Start the agent; its log says why it ended.",
  },
  exhausted: {
    code: 100,
    title: "No address to give",
    means: "Every pool that this workload may use is full, disabled or chooses other nodes or namespaces.",
    advice:
      "See the IP pools page or `percale get ippools`; add a pool, or correct the pools. The node has the condition NoAddress.",
  },
  wiring: {
    code: 101,
    title: "The interfaces could not be set up",
    means: "The kernel refused a step; what was done before it was undone.",
    advice: "The details have the kernel's word for it; see `dmesg` and the agent's log.",
  },
  datastore: {
    code: 102,
    title: "The API server refused the change",
    means: "The endpoint, its address or its profile is not as the server wants it.",
    advice: "The details have the server's reason; its log has the same request.",
  },
  broken: {
    code: 103,
    title: "Not as ADD left it",
    means: "CHECK found something changed or gone, or GC could not remove everything.",
    advice: "The details list it: recreate the workload.",
  },
  taken: {
    code: 104,
    title: "A name or an address is somebody else's",
    means: "Another container or program has the interface, the address or the endpoint's name.",
    advice: "The details say whose; remove what is left over, or choose another.",
  },
  forbidden: {
    code: 105,
    title: "The API server does not let this node do it",
    means: "The agent's token is wrong, over, or not of this node.",
    advice: "Give it a token with subject system:node:<name> and group system:nodes.",
  },
  unsupported: {
    code: 106,
    title: "The kernel lacks something",
    means: "veth, IPv6 or another thing that attachment needs is not in this kernel.",
    advice: "Load the module that the details point at (`modprobe veth`), or ask for IPv4 alone.",
  },
  notPermitted: {
    code: 107,
    title: "The agent lacks a privilege",
    means: "It may not enter namespaces or change interfaces.",
    advice: "Run it as root, or with CAP_NET_ADMIN and CAP_SYS_ADMIN.",
  },
  nodeExhausted: {
    code: 108,
    title: "Something of the node is used up",
    means: "Memory, disk, inodes or file descriptors.",
    advice: "The details say which; free some. The runtime tries again by itself.",
  },
  nodeStorage: {
    code: 109,
    title: "The node's storage cannot be written",
    means: "The agent's folder is on a file system that is read-only or broken.",
    advice: "See `dmesg` and `mount`.",
  },
  internal: {
    code: 999,
    title: "The agent has a fault",
    means: "Something happened that nobody thought of; what was done was undone as far as possible.",
    advice: "Search the agent's log for the request, and tell the makers of Percale what it says.",
  },
} as const satisfies Readonly<Record<string, CniEntry>>;

type CniName = keyof typeof cniCodes;

/** The numbers alone, for those who give them. */
export const CniCode = Object.fromEntries(Object.entries(cniCodes).map(([name, { code }]) => [name, code])) as {
  readonly [N in CniName]: (typeof cniCodes)[N]["code"];
}; // each by its own name
