import { defineCondition } from "./define.ts";

interface ByRefusal {
  /** The server answers and says no; else it does not answer, or was away for a moment. */
  readonly isRefused: boolean;
}

const OWN_TOKEN =
  "Give it a token of its own, with subject system:node:<name> and group system:nodes, in the token file.";
const MEANWHILE = "The node goes on enforcing what it has and keeps trying";

/** Between an agent and the API server. */
export const ApiUnreachable = defineCondition({
  code: "ApiUnreachable",
  severity: "warning",
  about: "a node's agent",
  samples: [{ isRefused: false }, { isRefused: true }],
  title: ({ isRefused }: ByRefusal) =>
    isRefused ? "The API server refuses this agent" : "The API server does not answer",
  advice: ({ isRefused }) =>
    isRefused ? `${MEANWHILE}. ${OWN_TOKEN}` : `${MEANWHILE}; see whether the API server runs.`,
  means: "The agent has no stream: changes do not arrive; no workload can be attached, deletions are queued.",
  look: "the agent's log (component `sync`), and the API server's at the same time",
});

export const NodeNotRegistered = defineCondition({
  code: "NodeNotRegistered",
  severity: ({ isRefused }) => (isRefused ? "error" : "warning"),
  about: "a node's agent",
  samples: [{ isRefused: false }, { isRefused: true }],
  title: "The Node object could not be written",
  advice: ({ isRefused }: ByRefusal) =>
    `Without it the node gets no addresses and no BGP sessions; the agent keeps trying. ${isRefused ? OWN_TOKEN : ""}`.trim(),
  means: "The agent could not make or update its own Node, so the cluster does not know the node's addresses.",
  look: "`percale get node <name>`; the request in the detail, in the API server's log",
});

export const DataplaneRefused = defineCondition({
  code: "DataplaneRefused",
  severity: "error",
  about: "a node's dataplane",
  title: "The kernel refused a batch",
  advice: "What was in force stays in force; the agent tries again every second.",
  means: "The newest state is calculated and not in the kernel; the one before it is enforced.",
  look: "the agent's log (component `dataplane`), the kernel's log (`dmesg`)",
});
