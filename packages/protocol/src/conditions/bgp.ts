import { defineCondition } from "./define.ts";

interface ByBirdSilence {
  readonly logPath: string;
  /** Its process is there and says nothing. */
  readonly isSilent: boolean;
}

/** BIRD and its sessions. */
export const BirdDown = defineCondition({
  code: "BirdDown",
  severity: "error",
  about: "a node's BIRD",
  samples: [
    { logPath: "<data>/bird/bird.log", isSilent: false },
    { logPath: "<data>/bird/bird.log", isSilent: true },
  ],
  title: ({ isSilent }: ByBirdSilence) => (isSilent ? "BIRD does not answer" : "BIRD does not run"),
  advice: ({ logPath, isSilent }) =>
    isSilent
      ? "It is stopped or overloaded: see its process on the node. Peers drop its routes when their hold time is over."
      : `See ${logPath}; is bird 2.0.12 or later installed?`,
  means: "No routes are exchanged; those that BIRD learned stay in the kernel, and the agent keeps starting it.",
  look: "BIRD's log, named in the advice; `bird --version`",
});

export const BirdConfigRefused = defineCondition({
  code: "BirdConfigRefused",
  severity: "error",
  about: "a node's BIRD",
  title: "BIRD refuses the configuration",
  advice: "The last good one stays in force. No single object is at fault: tell the makers of Percale.",
  means: "BIRD took no part of the newest configuration; sessions run by the last one that it took.",
  look: "BIRD's words in the detail; `bird/bird.conf` in the agent's data directory",
});

export const BgpNotProgrammed = defineCondition({
  code: "BgpNotProgrammed",
  severity: "warning",
  about: "a BGPPeer, BGPConfiguration, Node or IPPool",
  title: "A BGP setting is not in force",
  advice: "Correct the object; everything else of BGP is in force.",
  means: "One object asks for something that cannot be rendered, or that BIRD refuses.",
  look: "the object that it names: `percale get <kind> <name> -o yaml`",
});

export const BgpRecovering = defineCondition({
  code: "BgpRecovering",
  severity: ({ missing }: { readonly missing: number }) => (missing > 0 ? "warning" : "info"),
  about: "a node's BIRD",
  samples: [{ missing: 1 }, { missing: 0 }],
  title: "BIRD was restarted and waits for its peers",
  advice:
    "It goes on without them before they forget this node's routes. See why a peer that was up does not come back.",
  means: "Routes stay as they were before the restart until every peer is back; new ones come then.",
  look: "`percale bgp` and the BGP page: which sessions are not established, and why",
});

export const BgpSessionDown = defineCondition({
  code: "BgpSessionDown",
  severity: "error",
  about: "a BGPPeer, BGPConfiguration or Node",
  samples: [{ session: "node-1 – node-2 (192.0.2.2)", remedy: "The advice follows from the cause in the detail." }],
  title: ({ session }: { readonly session: string; readonly remedy: string }) => `BGP session ${session} is down`,
  advice: ({ remedy }) => remedy,
  means: "A session that both or one of its ends ask for has been down for 30 s; its routes are withdrawn.",
  look: "`percale bgp`, and the log of BIRD at both ends",
});
