import { once } from "node:events";
import type { Dataplane } from "@percale/dataplane";
import type { Enforced } from "./attacher.ts";
import type { Pipeline } from "../calculation/pipeline.ts";

/** Waits for both halves: the policy in the kernel, and the link bound to it, which the kernel tells the dataplane of in its own time. */
export function whenEnforced(
  pipeline: Pick<Pipeline, "whenProgrammed">,
  dataplane: Pick<Dataplane, "endpointState" | "on">,
): (what: Enforced, stop: AbortSignal) => Promise<void> {
  return async ({ revision, endpoint, ifIndex }, stop) => {
    const { promise: bound, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (dataplane.endpointState(endpoint)?.ifIndex === ifIndex) resolve();
    };
    const unsubscribe = dataplane.on(look);
    look();
    const stopped = stop.aborted ? Promise.resolve() : once(stop, "abort");
    await Promise.race([Promise.all([pipeline.whenProgrammed(revision), bound]), stopped]);
    unsubscribe();
  };
}
