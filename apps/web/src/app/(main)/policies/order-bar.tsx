"use client";
import { formatRef, type KubeObject } from "@percale/resources/catalog";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { ImpactWords } from "../../../editor/impact-view.tsx";
import { useNamedObjects } from "../../../live/objects.ts";
import { useWrite } from "../../../live/write.ts";
import { FailureWords } from "../../../parts/failure-words.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { WriteButton } from "../../../parts/write-button.tsx";
import type { PolicyObject } from "../../../policy/spec.ts";
import { undoFirst } from "../../../shell/undo/undo-first.ts";
import { type Failure, failureOf, useTRPC } from "../../../trpc/client.ts";
import { counted } from "../../../words/number.ts";
import { type Move, type OrderDraft, realMoves } from "./order-draft.ts";
import { orderText } from "./view.ts";

/** The moves of a draft in words, with their effect, and Apply. */
export function OrderBar({ draft }: { readonly draft: OrderDraft }) {
  const { write, isWriting } = useWrite();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [refused, setRefused] = useState<Failure>();
  const real = useMemo(() => realMoves(draft.moves), [draft.moves]);
  const whole = useNamedObjects(useMemo(() => real.map(({ ref }) => ref), [real]));
  const lost = whole.loaded ? real.find(({ ref }) => !whole.objects.has(formatRef(ref))) : undefined;
  const candidates = useMemo(() => candidatesOf(real, whole.objects), [real, whole.objects]);
  useEffect(() => undoFirst(draft.back), [draft.back]);
  const apply = async () => {
    try {
      await write({
        changes: candidates.map((object) => ({ op: "update", object })),
        reason: "Reordered on the board",
        words: { done: "Reordered", names: real.map(({ ref }) => ref.name) },
      });
      // The board as it was before must not come back for a moment: nothing is known of it but by asking.
      queryClient.removeQueries({ queryKey: trpc.board.pathKey(), type: "inactive" });
      draft.clear();
      setRefused(undefined);
    } catch (error) {
      setRefused(failureOf(error));
    }
  };
  return (
    <div className="order-bar" role="region" aria-label="Order draft">
      <span className="badge draft">Draft</span>
      <div className="grow">
        {real.length === 0 ? (
          <span className="muted">Everything is back in its place.</span>
        ) : (
          <>
            {counted(real.length, "policy", "policies")} moved:{" "}
            {real.slice(0, 3).map(({ key, ref, from, to }) => (
              <span key={key} className="order-item">
                <ObjectName namespace={ref.namespace} name={ref.name} />{" "}
                <span className="muted">
                  {from.tier === to.tier ? "" : `${from.tier} → ${to.tier}, `}
                  {orderText(from.order)} → {orderText(to.order)}
                </span>
              </span>
            ))}
            {real.length > 3 && <span className="muted">and {real.length - 3} renumbered</span>}
            <div className="sm">
              {lost !== undefined ? (
                <span className="deny">
                  <ObjectName namespace={lost.ref.namespace} name={lost.ref.name} /> was deleted meanwhile: discard, and
                  move the others again.
                </span>
              ) : refused === undefined ? (
                candidates.length === real.length && <ImpactWords candidates={candidates} />
              ) : (
                <span className="deny">
                  <FailureWords failure={refused} />
                </span>
              )}
            </div>
          </>
        )}
      </div>
      <button type="button" className="btn" onClick={draft.clear}>
        Discard
      </button>
      <WriteButton
        className="btn pri"
        disabled={real.length === 0 || candidates.length < real.length || isWriting}
        onClick={() => void apply()}
      >
        <Icon name="allow" />
        Apply order
      </WriteButton>
    </div>
  );
}

/** The policies as they would be, as far as they are here. */
function candidatesOf(moves: readonly Move[], objects: ReadonlyMap<string, KubeObject>): readonly PolicyObject[] {
  return moves.flatMap(({ ref, to }) => {
    const policy = objects.get(formatRef(ref)) as PolicyObject | undefined;
    return policy === undefined ? [] : [{ ...policy, spec: { ...policy.spec, order: to.order, tier: to.tier } }];
  });
}
