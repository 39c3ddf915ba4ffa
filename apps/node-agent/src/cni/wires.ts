import type { Link, Rtnetlink } from "@percale/kernel";
import type { Attachment } from "./attachments.ts";
import { containerFaults, hostFaults } from "./faults.ts";
import type { CniRequest } from "./request.ts";
import { makeRoom, restoreHost, unruleContainer, wire } from "./wiring.ts";

/** What attachments are in the kernel: the attacher decides what becomes of them, here it is done (`wiring.ts`) and seen (`faults.ts`). */
export interface Wires {
  /** Code 104 if the container has an interface of that name that we did not make; ours from an earlier try is deleted. */
  makeRoom(request: Pick<CniRequest, "netns" | "containerID" | "ifName">): Promise<void>;
  /** Makes the pair with its addresses and routes in place of `replaces`; undoes itself on failure. */
  wire(
    planned: Attachment,
    replaces: Link | undefined,
  ): Promise<{ readonly index: number; readonly routeTable: number }>;
  /** The node's side as it was made, where the link is still ours. */
  restoreHost(known: Attachment): Promise<void>;
  /** Takes back what the pair left in the container beside itself. */
  unruleContainer(known: Attachment): Promise<void>;
  /** All that is missing or wrong of what was made, each in words: on the node, and in the container. */
  hostFaults(known: Attachment): Promise<readonly string[]>;
  containerFaults(known: Attachment): Promise<readonly string[]>;
}

/** Those of the node whose netlink this is. */
export function kernelWires(host: Rtnetlink): Wires {
  return {
    makeRoom,
    wire: (planned, replaces) => wire(host, planned, replaces),
    restoreHost: (known) => restoreHost(host, known),
    unruleContainer,
    hostFaults: (known) => hostFaults(host, known),
    containerFaults,
  };
}
