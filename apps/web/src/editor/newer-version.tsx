"use client";
import { type KubeObject, refOf } from "@percale/resources/catalog";
import { useState } from "react";
import { useHistoryNow } from "../live/history.ts";
import { Age } from "../parts/age.tsx";
import { editable } from "../parts/history.tsx";
import { Icon } from "../parts/icon.tsx";
import { diffValues } from "./diff.ts";
import { SemanticDiff } from "./diff-view.tsx";
import { type Draft, rebase } from "./use-draft.ts";

/** Somebody stored the object while it is edited here: who, what, and how both changes go together. Nothing typed is touched before one merges. */
export function NewerVersion(props: {
  readonly draft: Pick<Draft, "value" | "parses">;
  readonly base: KubeObject;
  readonly newer: KubeObject;
  readonly onTake: (text: string) => void;
}) {
  const { draft, base, newer } = props;
  const [taken, setTaken] = useState<ReadonlySet<string>>(new Set());
  const merged = rebase({ mine: draft.value, base, theirs: newer, taken });
  const { who, at } = useWriters(base, newer);
  const choose = (field: string, isTheirs: boolean): void => {
    const others = [...taken].filter((each) => each !== field);
    setTaken(new Set(isTheirs ? [...others, field] : others));
  };
  return (
    <section className="note w newer" aria-label="Changed meanwhile">
      <Icon name="warn" />
      <div className="grow">
        <p role="alert">
          <b className="strong">{who} changed this</b> {at === undefined ? "" : <Age at={at} ago />} while you edit it.{" "}
          {merged.clashes.length === 0
            ? "Your changes touch other fields; merging keeps both."
            : `You both changed ${merged.clashes.map(({ field }) => field).join(", ")}: choose whose stays. Merging keeps all else of both.`}
        </p>
        <SemanticDiff changes={diffValues(editable(base), editable(newer))} kind={newer.kind} />
        {merged.clashes.map(({ field, mine, theirs }) => (
          <div key={field} className="clash" role="group" aria-label={`Whose ${field} stays`}>
            <span className="mono">{field}</span>
            <span className="seg">
              {[
                { whose: "Yours", isTheirs: false, value: mine },
                { whose: "Theirs", isTheirs: true, value: theirs },
              ].map(({ whose, isTheirs, value }) => (
                <button
                  key={whose}
                  type="button"
                  aria-pressed={taken.has(field) === isTheirs}
                  onClick={() => choose(field, isTheirs)}
                >
                  {whose}: <span className="mono ell">{briefly(value)}</span>
                </button>
              ))}
            </span>
          </div>
        ))}
        <button type="button" className="btn" disabled={!draft.parses} onClick={() => props.onTake(merged.text)}>
          Merge both changes
        </button>
        {!draft.parses && <span className="muted"> once your YAML can be read</span>}
      </div>
    </section>
  );
}

/** Who wrote what came after the base, and when last. */
function useWriters(base: KubeObject, newer: KubeObject): { readonly who: string; readonly at: string | undefined } {
  const { data } = useHistoryNow(refOf(newer));
  const since = (data ?? []).filter(({ revision }) => revision > Number(base.metadata.resourceVersion));
  const authors = [...new Set(since.map(({ author }) => author))];
  return { who: authors.length === 0 ? "Somebody" : authors.join(" and "), at: since[0]?.at };
}

function briefly(value: unknown): string {
  return value === undefined ? "not set" : typeof value === "string" ? value : JSON.stringify(value);
}
