/** `percale commit` and `percale confirm`: files as one change set, which may have to be confirmed. */
import type { ChangeSetResult } from "@percale/protocol";
import type { SpecOf, PendingChange } from "@percale/resources";
import { ExitError } from "../exit-error.ts";
import type { ReadOptions } from "../manifests/read.ts";
import type { Scope } from "../manifests/target.ts";
import type { Access } from "../rest/client.ts";
import { call, messageOf, send } from "../rest/client.ts";
import { findKind, ownKinds, pathOf } from "../rest/kinds.ts";
import { query } from "../rest/trpc.ts";
import { readTargets } from "../verbs/write.ts";
import { rehearse } from "./rehearse.ts";

const PENDING = findKind(ownKinds, "pendingchange");

export interface CommitOptions extends Scope, ReadOptions {
  readonly reason?: string;
  /** Seconds. */
  readonly confirmWithin?: number;
}

/** Writes all that the files change, or nothing. Throws ExitError with every refusal. */
export async function commitFiles(
  ask: () => Promise<Access>,
  files: readonly string[],
  { reason, confirmWithin, ...options }: CommitOptions,
): Promise<string> {
  const targets = await readTargets(files, options, "strict");
  const access = await ask();
  const changes = (await rehearse(access, targets)).filter(({ isSame }) => !isSame).map(({ change }) => change);
  if (changes.length === 0) return "Nothing to commit: all is stored as the files say\n";
  const body = {
    changes,
    ...(reason !== undefined && { reason }),
    ...(confirmWithin !== undefined && { confirmWithin }),
  };
  const { resourceVersion, pending } = (await call(access, "POST", "/changesets/v1", { body })) as ChangeSetResult;
  const done = `Successfully committed ${changes.length} resource(s) at revision ${resourceVersion}\n`;
  if (pending === undefined) return done;
  return `${done}Turned back at ${pending.deadline} unless confirmed: percale confirm ${pending.name}\n`;
}

interface Pending {
  readonly metadata: { readonly name: string };
  readonly spec: SpecOf<typeof PendingChange>;
}

/** Of several that are one's own the name must be told. */
export async function confirmChange(access: Access, name: string | undefined): Promise<string> {
  const one = name ?? (await ownPending(access));
  const reply = await send(access, "DELETE", pathOf(PENDING, undefined, one));
  if (reply.status === 404) throw new ExitError(`${one} is not pending: it was confirmed, or turned back`);
  if (reply.status >= 400) throw new ExitError(messageOf(reply));
  return `Confirmed ${one}: it stays\n`;
}

async function ownPending(access: Access): Promise<string> {
  const { user } = (await query(access, "session.whoami")) as { readonly user: string };
  const { items } = (await call(access, "GET", pathOf(PENDING))) as { readonly items: readonly Pending[] };
  const own = items.filter(({ spec }) => spec.author === user);
  if (own.length === 1) return own[0]!.metadata.name;
  if (own.length === 0) throw new ExitError(`nothing of ${user} is pending: percale get pendingchanges shows others'`);
  const told = own.map(({ metadata, spec }) => `  ${metadata.name}  ${spec.deadline}  ${spec.reason ?? ""}`.trimEnd());
  throw new ExitError(`${own.length} changes of ${user} are pending, say which:\n${told.join("\n")}`);
}
