"use client";
import { useCallback, useMemo, useState } from "react";
import { useWrite } from "../../../live/write.ts";
import { FailureWords } from "../../../parts/failure-words.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { ImpactWords } from "../../../editor/impact-view.tsx";
import type { OrderChange } from "../../../policy/order.ts";
import { type PolicyObject, tierOf } from "../../../policy/spec.ts";
import { type Failure, failureOf } from "../../../trpc/client.ts";
import { counted } from "../../../words/number.ts";
import { cardKey, orderText } from "./view.ts";
import { WriteButton } from "../../../parts/write-button.tsx";

export type Move = OrderChange & { readonly tier: string };

/** Moves made on the board and not yet written: shown in place, with their effect, until Apply or Discard. */
export interface OrderDraft {
  readonly moves: readonly Move[];
  readonly add: (moves: readonly Move[]) => void;
  readonly clear: () => void;
  /** The policies as they would be. */
  readonly applyTo: (policies: readonly PolicyObject[]) => readonly PolicyObject[];
}

export function useOrderDraft(): OrderDraft {
  const [moves, setMoves] = useState<ReadonlyMap<string, Move>>(new Map());
  const add = useCallback(
    (added: readonly Move[]) => setMoves((old) => new Map([...old, ...added.map((move) => [move.key, move] as const)])),
    [],
  );
  const clear = useCallback(() => setMoves(new Map()), []);
  return useMemo(
    () => ({
      moves: [...moves.values()],
      add,
      clear,
      applyTo: (policies) =>
        moves.size === 0 ? policies : policies.map((policy) => moved(policy, moves.get(keyOf(policy)))),
    }),
    [moves, add, clear],
  );
}

export function OrderBar({
  draft,
  policies,
}: {
  readonly draft: OrderDraft;
  readonly policies: readonly PolicyObject[];
}) {
  const { write, isWriting } = useWrite();
  const [refused, setRefused] = useState<Failure>();
  const real = useMemo(() => changesOf(draft, policies), [draft, policies]);
  const candidates = useMemo(() => real.map(({ after }) => after), [real]);
  if (draft.moves.length === 0) return null;
  const apply = async () => {
    try {
      await write({
        changes: candidates.map((object) => ({ op: "update", object })),
        reason: "Reordered on the board",
        words: { done: "Reordered", names: real.map(({ after }) => after.metadata.name) },
      });
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
            {real.slice(0, 3).map(({ before, after }) => (
              <span key={keyOf(after)} className="order-item">
                <ObjectName namespace={after.metadata.namespace} name={after.metadata.name} />{" "}
                <span className="muted">
                  {tierOf(before) === tierOf(after) ? "" : `${tierOf(before)} → ${tierOf(after)}, `}
                  {orderText(before.spec.order)} → {orderText(after.spec.order)}
                </span>
              </span>
            ))}
            {real.length > 3 && <span className="muted">and {real.length - 3} renumbered</span>}
            <div className="sm">
              {refused === undefined ? (
                <ImpactWords candidates={candidates} />
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
      <WriteButton className="btn pri" disabled={real.length === 0 || isWriting} onClick={() => void apply()}>
        <Icon name="allow" />
        Apply order
      </WriteButton>
    </div>
  );
}

function changesOf(draft: OrderDraft, policies: readonly PolicyObject[]) {
  const moves = new Map(draft.moves.map((move) => [move.key, move]));
  return policies.flatMap((before) => {
    const after = moved(before, moves.get(keyOf(before)));
    return after.spec.order === before.spec.order && tierOf(after) === tierOf(before) ? [] : [{ before, after }];
  });
}

function moved(policy: PolicyObject, move: Move | undefined): PolicyObject {
  return move === undefined ? policy : { ...policy, spec: { ...policy.spec, order: move.to, tier: move.tier } };
}

function keyOf({ kind, metadata }: PolicyObject): string {
  return cardKey({ kind, name: metadata.name, namespace: metadata.namespace });
}
