import { defineCondition } from "./define.ts";

/** Containers on a node. */
export const NoAddress = defineCondition({
  code: "NoAddress",
  severity: "error",
  about: "a node",
  title: "A workload got no address on this node",
  advice: "See how full the IP pools are; add a pool, or correct the pools that the workload or its node may use.",
  means: "An ADD failed with CNI code 100; it ends when one succeeds, or when none was refused for ten minutes.",
  look: "`percale get ippools` and the IP pools page; the agent's log (component `cni`)",
});

export const AttachmentBroken = defineCondition({
  code: "AttachmentBroken",
  severity: "warning",
  about: "a WorkloadEndpoint",
  title: "A workload's interface is not as it was made",
  advice: "Somebody changed it from inside the container or beside the agent: recreate the workload.",
  means: "The agent restored what it could on the node's side; what the detail names is still wrong.",
  look: "`ip address`, `ip route` and `ip neighbour` inside the container, as the detail says",
});

export const StateSetAside = defineCondition({
  code: "StateSetAside",
  severity: "warning",
  about: "a node's agent",
  title: "The agent could not read some of its files",
  advice: "Whose they were goes by the file's name: recreate that workload, then delete the file.",
  means: "Records of attachments or deletions are damaged; they are kept beside the good ones, and not used.",
  look: "the files in the detail; the agent's log says why each could not be read",
});
