"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { type ChangeGroup, groupOf } from "../../app/(main)/activity/view.ts";
import { useActivity } from "../../live/queries.ts";
import { useMe } from "../../live/rights.ts";
import { useRevert } from "../../live/write.ts";
import { useNow } from "../../parts/age.tsx";
import { showToast } from "../../parts/toasts.tsx";
import { failureOf, useTRPC } from "../../trpc/client.ts";
import { undoable } from "./undoable.ts";

/** Sets that are looked through for one's own. */
const LOOK_AT = 100;

/** What undo would take back now, as far as it is known here. */
export function useUndoable(): ChangeGroup | undefined {
  const me = useMe();
  const sets = useActivity(LOOK_AT).data?.sets;
  const nowMs = useNow();
  return me === undefined || sets === undefined ? undefined : undoable(sets, { user: me.user, nowMs });
}

/** Takes back what one did last, as the server tells it now. */
export function useUndo(): () => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revert = useRevert();
  return useCallback(async () => {
    try {
      const [me, { sets }] = await Promise.all([
        queryClient.ensureQueryData(trpc.session.whoami.queryOptions()),
        queryClient.fetchQuery(trpc.changes.sets.queryOptions({ limit: LOOK_AT })),
      ]);
      const last = undoable(sets.map(groupOf), { user: me.user, nowMs: Date.now() });
      if (last !== undefined) await revert(last.revision, last);
      else
        showToast({
          tone: "failed",
          content: "Nothing of yours to undo in the last hour. Activity reverts what is older.",
        });
    } catch (error) {
      showToast({ tone: "failed", content: `Nothing was undone: ${failureOf(error).message}` });
    }
  }, [queryClient, revert, trpc]);
}
