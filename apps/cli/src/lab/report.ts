import type { Logger } from "@percale/daemon";
import type { Access } from "../rest/client.ts";
import { mutate } from "../rest/trpc.ts";
import type { Measured } from "./prober.ts";
import type { LabStatus } from "./status.ts";

/** Sends each round to the API, which keeps the newest and shows it to the browsers. */
export function reporter(options: {
  readonly access: () => Access;
  readonly status: () => LabStatus;
  readonly log: Logger;
}): (round: readonly Measured[]) => Promise<void> {
  let access: Access | undefined;
  let failing = false;
  return async (round) => {
    try {
      access ??= options.access();
      await mutate(access, "lab.report", { probes: round, workloads: workloadsOf(options.status()) });
      failing = false;
    } catch (error) {
      access = undefined; // its token may have changed
      if (!failing) options.log.warn("cannot report measurements to the API", { error });
      failing = true;
    }
  };
}

function workloadsOf({ workloads, outside }: LabStatus): unknown[] {
  const inside = workloads.map(({ name, namespace, node, addresses, labels, ports }) => ({
    name,
    namespace,
    node,
    addresses,
    labels,
    ports,
  }));
  if (outside === undefined) return inside;
  const { name, addresses, ports } = outside;
  return [...inside, { name, namespace: "", addresses, labels: {}, ports }];
}
