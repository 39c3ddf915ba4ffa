import type { KubeObject, ObjectRef } from "@percale/resources";
import { ExitError } from "../exit-error.ts";
import type { Access } from "../rest/client.ts";
import { renderColumns } from "../rest/table.ts";
import { query } from "../rest/trpc.ts";
import { unifiedDiff } from "./unified.ts";

/** One write of one object, as the server's view has it. */
interface Entry {
  /** Of the change set that it is of: what `revert` takes. */
  readonly setEnd: number;
  readonly at: string;
  readonly author: string;
  readonly reason: string;
  readonly requestId: string;
  readonly op: keyof typeof VERBS;
  readonly ref: ObjectRef;
}

interface Page {
  readonly activities: readonly Entry[];
  readonly next?: number;
}

const VERBS = { ADDED: "created", MODIFIED: "updated", DELETED: "deleted" } as const;
const PAGE = 500;

/** What was written of one object, the newest first. */
export async function showObjectHistory(
  access: Access,
  ref: ObjectRef,
  { limit, isDiff }: { readonly limit: number; readonly isDiff: boolean },
): Promise<string> {
  const all = (await query(access, "objects.history", ref)) as readonly (Entry & {
    readonly revision: number;
    readonly object: KubeObject;
    readonly previous?: KubeObject;
  })[];
  if (all.length === 0)
    throw new ExitError(
      `nothing is known of ${ref.kind} ${ref.name}: it never was, or its last write is not in the log any more`,
    );
  const entries = all.toSorted((a, b) => b.revision - a.revision).slice(0, limit);
  if (!isDiff) {
    const rows = entries.map(({ revision, at, author, op, requestId, reason }) => [
      String(revision),
      at,
      author,
      VERBS[op],
      requestId === "" ? "-" : requestId,
      reason === "" ? "-" : reason,
    ]);
    return renderColumns([["REVISION", "WHEN", "WHO", "WHAT", "REQUEST", "REASON"], ...rows]);
  }
  const { textOf } = await import("./object-text.ts");
  return entries
    .map(({ revision, at, author, op, object, previous, reason }) => {
      const text = (one: KubeObject | undefined): string => (one === undefined ? "" : textOf(one));
      const head = `${VERBS[op]} at revision ${revision}, ${at}, by ${author}${reason === "" ? "" : `: ${reason}`}\n`;
      const names = { before: "before", after: `revision ${revision}` };
      return `${head}${unifiedDiff(text(previous), op === "DELETED" ? "" : text(object), names)}`;
    })
    .join("\n");
}

/** An ExitError where a request wrote nothing that the log still has. */
export async function showHistory(
  access: Access,
  { limit, request }: { readonly limit: number; readonly request?: string | undefined },
): Promise<string> {
  const found: Entry[] = [];
  for (let before: number | undefined, isMore = true; isMore && found.length < limit;) {
    const page = (await query(access, "changes.list", {
      limit: PAGE,
      ...(before !== undefined && { before }),
    })) as Page;
    found.push(...page.activities.filter(({ requestId }) => request === undefined || requestId.startsWith(request)));
    before = page.next;
    isMore = before !== undefined;
  }
  if (found.length === 0 && request !== undefined)
    throw new ExitError(
      `no write of request ${request} is in the log; if it was refused, the API server's log has it (requestId)`,
    );
  const rows = found
    .slice(0, limit)
    .map(({ setEnd, at, author, op, ref, reason, requestId }) => [
      String(setEnd),
      at,
      author,
      `${VERBS[op]} ${ref.kind} ${ref.namespace === undefined ? "" : `${ref.namespace}/`}${ref.name}`,
      requestId === "" ? "-" : requestId,
      reason === "" ? "-" : reason,
    ]);
  return renderColumns([["REVISION", "WHEN", "WHO", "WHAT", "REQUEST", "REASON"], ...rows]);
}
