"use client";
import type { Kind, KubeObject } from "@percale/resources/catalog";
import { useState } from "react";
import { useWrite } from "../../../live/write.ts";
import { FailureWords } from "../../../parts/failure-words.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { WriteButton } from "../../../parts/write-button.tsx";
import { type Failure, failureOf } from "../../../trpc/client.ts";
import { counted } from "../../../words/number.ts";
import { changesOf, costsOf, type Drafts, type SettingRow } from "./view.ts";

/** What is changed and not yet written, what writing it costs, and Apply: all of it or nothing. */
export function ApplyBar(props: {
  readonly kinds: readonly Kind[];
  readonly objects: readonly KubeObject[];
  readonly rows: readonly SettingRow[];
  readonly drafts: Drafts;
  /** Words for each setting that the server refuses, by key. */
  readonly onRefused: (words: ReadonlyMap<string, string>) => void;
  readonly onDone: () => void;
}) {
  const { drafts, rows } = props;
  const { write, isWriting } = useWrite();
  const [failure, setFailure] = useState<Failure>();
  const costs = costsOf(rows, drafts);
  const changes = changesOf(drafts, props.kinds, props.objects);
  const apply = async () => {
    setFailure(undefined);
    try {
      await write({ changes, words: { done: "Applied", names: [...drafts.keys()].map((key) => titleOf(rows, key)) } });
      props.onDone();
    } catch (error) {
      const refused = failureOf(error);
      setFailure(refused);
      props.onRefused(
        new Map(
          rows.flatMap(({ key, field }) => {
            const cause = drafts.has(key) && refused.causes.find((one) => one.field.startsWith(`spec.${field}`));
            return cause === false || cause === undefined ? [] : [[key, cause.message] as const];
          }),
        ),
      );
    }
  };
  return (
    <div className="set-apply" role="region" aria-label="Changed settings">
      <b className="strong">{counted(drafts.size, "change")}</b>
      {failure !== undefined ? (
        <span className="deny grow">
          Not applied: <FailureWords failure={failure} />
        </span>
      ) : costs.length === 0 ? (
        <span className="muted grow">nothing restarts</span>
      ) : (
        <span className="warn grow">
          <Icon name="warn" /> {costs.join(", ")}
        </span>
      )}
      <button type="button" className="btn ghost" onClick={props.onDone}>
        Discard
      </button>
      <WriteButton className="btn pri" disabled={isWriting} onClick={() => void apply()}>
        {isWriting ? "Applying" : "Apply"}
      </WriteButton>
    </div>
  );
}

function titleOf(rows: readonly SettingRow[], key: string): string {
  return rows.find((row) => row.key === key)?.title ?? key;
}
