import { BirdSilent } from "./control.ts";
import type { Rejected, SessionStatus } from "@percale/bgp";
import { condition } from "@percale/protocol";
import type { RaisedCondition } from "@percale/protocol";
import { formatRef } from "@percale/resources";

/** What is known of BIRD at one moment. */
export interface BirdView {
  /** It does not run or does not answer: why. */
  readonly fault: Error | undefined;
  /** It refuses what no single object brings in: its words. */
  readonly refusal: string | undefined;
  readonly rejected: readonly Rejected[];
  /** Set while it recovers from a restart. */
  readonly recovery: { readonly awaited: readonly SessionStatus[] } | undefined;
  readonly logPath: string;
}

/** What of it needs a person. A function of the moment: nothing outlives its cause. */
export function birdConditions(view: BirdView): RaisedCondition[] {
  const { fault, refusal, rejected, recovery, logPath } = view;
  return [
    ...(fault === undefined
      ? []
      : [condition.BirdDown({ logPath, isSilent: fault instanceof BirdSilent, detail: fault.message })]),
    ...(refusal === undefined ? [] : [condition.BirdConfigRefused({ detail: refusal })]),
    ...notProgrammed(rejected),
    ...(recovery === undefined ? [] : [recovering(recovery.awaited)]),
  ];
}

/** One for each object, whatever there is to say of it. */
function notProgrammed(rejected: readonly Rejected[]): RaisedCondition[] {
  return [...Map.groupBy(rejected, ({ ref }) => formatRef(ref)).values()].map((ofOne) =>
    condition.BgpNotProgrammed({
      detail: ofOne.map(({ message }) => message).join("; "),
      ref: ofOne[0]!.ref, // no group is empty
    }),
  );
}

function recovering(awaited: readonly SessionStatus[]): RaisedCondition {
  const missing = awaited.filter(({ state }) => state !== "Established");
  const names = missing.map(({ peerIP, peerNode, state }) => `${peerNode ?? peerIP} (${peerIP}, ${state})`);
  const what = names.length > 0 ? names.join(", ") : "the last routes of the peers that are back";
  return condition.BgpRecovering({
    missing: missing.length,
    detail: `Waiting for ${what}. Routes stay as they were; new ones come when it is done.`,
  });
}
