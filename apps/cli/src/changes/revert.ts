/** `percale revert`: a change set, or an object, back to what it was. */
import type { Change, ChangeSetResult } from "@percale/protocol";
import type { KubeObject, ObjectRef } from "@percale/resources";
import { ExitError } from "../exit-error.ts";
import type { Access } from "../rest/client.ts";
import { call, messageOf, send } from "../rest/client.ts";
import { pathOf } from "../rest/kinds.ts";
import type { Kind } from "../rest/kinds.ts";
import { mutate, query } from "../rest/trpc.ts";
import { idOf } from "../manifests/target.ts";
import { unifiedDiff } from "./unified.ts";
import { withoutVersion } from "../verbs/write.ts";

/** Writes back what was before the change set of that revision. */
export async function revertSet(access: Access, revision: number, reason: string | undefined): Promise<string> {
  const { resourceVersion } = (await mutate(access, "changes.revert", {
    revision,
    ...(reason !== undefined && { reason }),
  })) as ChangeSetResult;
  return `Successfully reverted revision ${revision}, at revision ${resourceVersion}\n`;
}

interface Entry {
  readonly revision: number;
  readonly op: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: KubeObject;
}

export interface RevertOptions {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
  /** As it was at this revision. */
  readonly to: number;
  readonly reason: string | undefined;
  readonly dryRun: boolean;
}

/** Makes an object what it was at a revision; nobody may have written it meanwhile. */
export async function revertObject(access: Access, options: RevertOptions): Promise<string> {
  const { kind, namespace, name, to } = options;
  const id = idOf(kind.kind, namespace, name);
  const ref: ObjectRef = { kind: kind.kind, name, ...(namespace !== undefined && { namespace }) };
  const then = await objectAt(access, ref, { id, to });
  const stored = await storedObject(access, pathOf(kind, namespace, name));
  const { textOf } = await import("./object-text.ts");
  const isSame = stored !== undefined && then !== undefined && textOf(stored) === textOf(then);
  const change = isSame ? undefined : changeBetween(ref, stored, then);
  if (change === undefined) return `${id} is what it was at revision ${to}\n`;
  if (options.dryRun) {
    const text = (object: KubeObject | undefined): string => (object === undefined ? "" : textOf(object));
    return unifiedDiff(text(stored), text(then), { before: "stored", after: `revision ${to}` });
  }
  const reason = options.reason ?? `${id} as of revision ${to}`;
  const { resourceVersion } = (await call(access, "POST", "/changesets/v1", {
    body: { changes: [change], reason },
  })) as ChangeSetResult;
  return `Successfully reverted ${id} to revision ${to}, at revision ${resourceVersion}\n`;
}

/** Undefined if there was none. Throws ExitError where the log does not go back so far. */
async function objectAt(
  access: Access,
  ref: ObjectRef,
  { id, to }: { readonly id: string; readonly to: number },
): Promise<KubeObject | undefined> {
  const entries = (await query(access, "objects.history", ref)) as readonly Entry[];
  const entry = entries.toSorted((a, b) => b.revision - a.revision).find(({ revision }) => revision <= to);
  if (entry !== undefined) return entry.op === "DELETED" ? undefined : entry.object;
  const first = entries.reduce((least, { revision }) => Math.min(least, revision), Infinity);
  throw new ExitError(
    entries.length === 0
      ? `nothing is known of ${id}: it never was, or its last write is not in the log any more`
      : `what ${id} was at revision ${to} is not in the log: it begins at revision ${first}`,
  );
}

async function storedObject(access: Access, path: string): Promise<KubeObject | undefined> {
  const reply = await send(access, "GET", path);
  if (reply.status === 404) return undefined;
  if (reply.status >= 400) throw new ExitError(messageOf(reply));
  return reply.body as KubeObject;
}

function changeBetween(
  ref: ObjectRef,
  stored: KubeObject | undefined,
  then: KubeObject | undefined,
): Change | undefined {
  if (then === undefined) return stored === undefined ? undefined : { op: "delete", ref, ...preconditionOf(stored) };
  const bare = withoutVersion(then);
  if (stored === undefined) return { op: "create", object: bare };
  return { op: "update", object: { ...bare, metadata: { ...bare.metadata, ...preconditionOf(stored) } } };
}

function preconditionOf({ metadata: { uid, resourceVersion } }: KubeObject) {
  return { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) };
}
