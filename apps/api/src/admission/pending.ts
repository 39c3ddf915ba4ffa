import type { ChangeSet } from "@percale/protocol";
import { apiVersionOf, generatedName, PendingChange } from "@percale/resources";

/** What is created along with a change set that has to be confirmed, and turned back with it; undefined for any other. */
export function pendingChangeOf(
  { confirmWithin, reason, dryRun }: Pick<ChangeSet, "confirmWithin" | "reason" | "dryRun">,
  author: string,
  now = Date.now(),
): PendingChange | undefined {
  if (confirmWithin === undefined || dryRun === true) return undefined;
  const deadline = new Date(now + 1_000 * confirmWithin).toISOString();
  const { kind } = PendingChange;
  return {
    apiVersion: apiVersionOf(kind),
    kind,
    metadata: { name: generatedName("change-", Math.random) },
    spec: { deadline, author, ...(reason !== undefined && { reason }) },
  };
}
