"use client";
import { useMemo, useState } from "react";
import { ImpactWords } from "../../../editor/impact-view.tsx";
import { useWrite } from "../../../live/write.ts";
import { FailureWords } from "../../../parts/failure-words.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { WriteButton } from "../../../parts/write-button.tsx";
import { type PolicyObject, tierOf } from "../../../policy/spec.ts";
import { type Failure, failureOf } from "../../../trpc/client.ts";
import { counted } from "../../../words/number.ts";
import { changesOf, keyOf, type OrderDraft } from "./order-draft.ts";
import { orderText } from "./view.ts";

/** The moves of a draft in words, with their effect, and Apply. */
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
