import type { Rejected, SessionStatus } from "@percale/bgp";
import { formatRef } from "@percale/resources";
import type { Finding } from "../part.ts";

/** What is known of BIRD at one moment. */
export interface BirdView {
  /** It does not run or does not answer: why. */
  readonly fault: string | undefined;
  /** It refuses what no single object brings in: its words. */
  readonly refusal: string | undefined;
  readonly rejected: readonly Rejected[];
  /** Set while it recovers from a restart. */
  readonly recovery: { readonly awaited: readonly SessionStatus[] } | undefined;
  readonly logPath: string;
}

/** What of it needs a person. A function of the moment: nothing outlives its cause. */
export function birdConditions(view: BirdView): Finding[] {
  const { fault, refusal, rejected, recovery, logPath } = view;
  return [
    ...(fault === undefined ? [] : [birdDown(fault, logPath)]),
    ...(refusal === undefined ? [] : [refused(refusal)]),
    ...notProgrammed(rejected),
    ...(recovery === undefined ? [] : [recovering(recovery.awaited)]),
  ];
}

function birdDown(fault: string, logPath: string): Finding {
  return {
    code: "BirdDown",
    severity: "error",
    title: "BIRD does not run",
    detail: fault,
    advice: `See ${logPath}; is bird 2.0.12 or later installed?`,
  };
}

function refused(words: string): Finding {
  return {
    code: "BirdConfigRefused",
    severity: "error",
    title: "BIRD refuses the configuration",
    detail: words,
    advice: "The last good one stays in force. No single object is at fault: tell the makers of Percale.",
  };
}

/** One for each object, whatever there is to say of it. */
function notProgrammed(rejected: readonly Rejected[]): Finding[] {
  return [...Map.groupBy(rejected, ({ ref }) => formatRef(ref)).values()].map((ofOne) => ({
    code: "BgpNotProgrammed",
    severity: "warning",
    title: "A BGP setting is not in force",
    detail: ofOne.map(({ message }) => message).join("; "),
    advice: "Correct the object; everything else of BGP is in force.",
    ref: ofOne[0]!.ref, // no group is empty
  }));
}

function recovering(awaited: readonly SessionStatus[]): Finding {
  const missing = awaited.filter(({ state }) => state !== "Established");
  const names = missing.map(({ peerIP, peerNode, state }) => `${peerNode ?? peerIP} (${peerIP}, ${state})`);
  const what = names.length > 0 ? names.join(", ") : "the last routes of the peers that are back";
  return {
    code: "BgpRecovering",
    severity: names.length > 0 ? "warning" : "info",
    title: "BIRD was restarted and waits for its peers",
    detail: `Waiting for ${what}. Routes stay as they were; new ones come when it is done.`,
    advice:
      "It goes on without them before they forget this node's routes. See why a peer that was up does not come back.",
  };
}
