import type { BatchOutcome } from "@percale/kernel";
import { refOfPolicy, refOfProfile } from "@percale/policy";
import type { StateChange } from "@percale/policy";
import { formatRef } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import { DriverRefusedError } from "../policy/driver.ts";
import type { Refusal } from "../policy/driver.ts";

const EPERM = 1;
/** Errors that are about what there is room for, or who we are; never about a rule. EPERM, EINTR, EAGAIN, ENOMEM, EBUSY, ENFILE, ENOSPC, ENOBUFS. */
const NOT_THE_RULE = new Set([EPERM, 4, 11, 12, 16, 23, 28, 105]);

/** Throws DriverRefusedError if the batch is not in the kernel. */
export function settle(outcome: BatchOutcome<ObjectRef>): void {
  if (outcome.kind !== "committed") throw new DriverRefusedError(describe(outcome));
}

/** Whose rules the kernel refused, by key; undefined if anything else was wrong, of which refused rules may only be the consequence. */
export function guiltyOf({ errors }: Extract<BatchOutcome<ObjectRef>, { kind: "refused" }>) {
  const guilty = new Map<string, Refusal>();
  for (const { owner, errno, message } of errors) {
    if (owner === undefined || NOT_THE_RULE.has(errno)) return undefined;
    guilty.set(formatRef(owner), { ref: owner, kind: "refused", detail: message ?? `errno ${errno}` });
  }
  return guilty;
}

export function describe(outcome: BatchOutcome<ObjectRef>): string {
  switch (outcome.kind) {
    case "refused": {
      const { errno, message, offset } = outcome.errors[0]!;
      if (errno === EPERM)
        return "another program owns our nftables tables (nft list ruleset names it), or rights are missing";
      const where = offset === undefined ? "" : ` at byte ${offset} of its message`;
      return `the kernel refused the nftables batch: ${message ?? `errno ${errno}`}${where}, ${outcome.errors.length} errors`;
    }
    case "unknown":
      return outcome.detail;
    case "committed":
      return "";
  }
}

/** Whose rules a change brings or takes. */
export function ownerOf(change: StateChange): ObjectRef | undefined {
  switch (change.t) {
    case "policy": {
      const policy = change.now ?? change.before;
      return policy && refOfPolicy(policy);
    }
    case "profile":
      return refOfProfile(change.name);
    case "config":
    case "endpoint":
    case "set":
    case "members":
    case "pool":
    case "hosts":
      return undefined;
  }
}
