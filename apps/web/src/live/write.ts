"use client";
import type { Change } from "@percale/protocol";
import { type KubeObject, refOf } from "@percale/resources/catalog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { createElement, useCallback, useMemo } from "react";
import { FailureWords } from "../parts/failure-words.tsx";
import dynamic from "next/dynamic";
import { showToast } from "../parts/toasts.tsx";
import { moreWords } from "../app/(main)/activity/view.ts";
import { fromWire, toWire } from "../trpc/wire.ts";
import { failureOf, useTRPC, useTRPCClient } from "../trpc/client.ts";
import { applyEvents, type Collection, type ObjectEvent, oneAfter, type Single } from "./collection.ts";
import { collectionKey, objectKey } from "./objects.ts";

// Who has written nothing yet needs no words for it.
const ProgrammedRevision = dynamic(async () => (await import("../parts/programmed.tsx")).ProgrammedRevision, {
  ssr: false,
});

export interface WriteRequest {
  readonly changes: readonly Change[];
  readonly reason?: string;
  /** For the toast: "Applied shop/allow-web". */
  readonly words: { readonly done: string; readonly names: readonly string[] };
}

/** Writes a change set, shows it at once, and offers Undo. */
export function useWrite(): {
  readonly write: (request: WriteRequest) => Promise<readonly KubeObject[]>;
  readonly isWriting: boolean;
} {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revert = useRevert();
  const mutation = useMutation(trpc.changes.submit.mutationOptions());
  const { mutateAsync } = mutation;
  const write = useCallback(
    async ({ changes, reason, words }: WriteRequest) => {
      const result = await mutateAsync({ changes: toWire(changes), ...(reason === undefined ? {} : { reason }) });
      const revision = Number(result.resourceVersion);
      const objects = result.objects.map(fromWire);
      for (const [index, change] of changes.entries()) {
        const object = objects[index];
        if (object !== undefined) showAtOnce(queryClient, change, object, revision);
      }
      await queryClient.invalidateQueries({ queryKey: trpc.changes.pathKey() });
      showToast({
        tone: "done",
        content: createElement(
          "span",
          { className: "toast-words" },
          toastWords(words.done, words),
          createElement(ProgrammedRevision, { revision }),
        ),
        action: { label: "Undo", run: () => void revert(revision, words) },
      });
      return objects;
    },
    [mutateAsync, queryClient, revert, trpc],
  );
  return { write, isWriting: mutation.isPending };
}

/** What a change set wrote, for people. */
export interface Written {
  readonly names: readonly string[];
  /** How many, where only the first few are named. */
  readonly objects?: number;
}

export type Revert = (
  revision: number,
  what: Written,
  /** Also what was written over it since. */
  how?: { readonly over: boolean },
) => Promise<void>;

/** Takes one change set back: the state before it, written as a new one, which can be taken back too. What others wrote since stays, unless one insists. */
export function useRevert(): Revert {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const trpc = useTRPC();
  return useMemo(() => {
    const going = new Set<number>(); // a second click while the first is under way
    const revert: Revert = async (revision, what, { over } = { over: false }) => {
      if (going.has(revision)) return;
      going.add(revision);
      try {
        const precondition = over ? {} : { resourceVersionPrecondition: String(revision) };
        const result = await client.changes.revert.mutate({ revision, ...precondition });
        const written = Number(result.resourceVersion);
        await queryClient.invalidateQueries({ queryKey: trpc.changes.pathKey() });
        showToast({
          tone: "done",
          content: createElement(
            "span",
            { className: "toast-words" },
            toastWords("Reverted", what),
            createElement(ProgrammedRevision, { revision: written }),
          ),
          action: { label: "Undo", run: () => void revert(written, what) },
        });
      } catch (error) {
        const failure = failureOf(error);
        const words = createElement(FailureWords, { failure });
        const insist = { label: "Revert over it", run: () => void revert(revision, what, { over: true }) };
        showToast({
          tone: "failed",
          content: createElement("span", {}, "Not reverted: ", words),
          ...(failure.kind === "conflict" && !over && { action: insist }),
        });
      } finally {
        going.delete(revision);
      }
    };
    return revert;
  }, [client, queryClient, trpc]);
}

function showAtOnce(
  queryClient: ReturnType<typeof useQueryClient>,
  change: Change,
  object: KubeObject,
  revision: number,
): void {
  const own = Number(object.metadata.resourceVersion ?? revision);
  const isGone = change.op === "delete" && (object.metadata.finalizers?.length ?? 0) === 0;
  const event: ObjectEvent = isGone
    ? { t: "delete", revision: own, ref: change.ref }
    : { t: "put", revision: own, object };
  const ref = refOf(object);
  // Also where nobody asked yet: who opens it next sees it at once.
  queryClient.setQueryData<Single>(objectKey(ref), (old = { revision: -1, object: undefined }) =>
    oneAfter(old, ref, [event]),
  );
  queryClient.setQueryData<Collection>(collectionKey(object.kind), (old) => {
    if (old === undefined) return old;
    // The collection's revision stays: events of others between it and ours are still to come.
    return { revision: old.revision, items: applyEvents({ ...old, revision: -1 }, [event]).items };
  });
}

function toastWords(done: string, { names: [first = "", ...others], objects = 1 + others.length }: Written) {
  return createElement(
    "span",
    null,
    `${done} `,
    createElement("span", { className: "mono" }, first),
    moreWords({ objects }),
  );
}
