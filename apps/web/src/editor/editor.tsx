"use client";
import { type KubeObject, refOf } from "@percale/resources/catalog";
import dynamic from "next/dynamic";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { definitionOf } from "../words/kinds.ts";
import { useRights } from "../live/rights.ts";
import { useSchema } from "../live/schema.ts";
import { useWrite } from "../live/write.ts";
import { useValueSource } from "../live/values.ts";
import { FailureWords } from "../parts/failure-words.tsx";
import { Gone } from "../parts/gone.tsx";
import { Icon } from "../parts/icon.tsx";
import { useNarrow } from "../parts/narrow.ts";
import type { Tab } from "../parts/tabs.tsx";
import { showToast } from "../parts/toasts.tsx";
import { undoFirst } from "../shell/undo/undo-first.ts";
import { type Failure, failureOf } from "../trpc/client.ts";
import { counted } from "../words/number.ts";
import type { EditorTab } from "./editor-tab.ts";
import { DiffView } from "./diff-view.tsx";
import { diffValues } from "./diff.ts";
import { manifestOf, readYaml } from "./document.ts";
import { ImpactView, useImpact } from "./impact-view.tsx";
import { NewerVersion } from "./newer-version.tsx";
import { PolicyForm } from "./policy-form.tsx";
import { SchemaForm } from "./schema-form.tsx";
import { useDryRun } from "./use-dry-run.ts";
import { type Draft, placeComplaints, useDraft } from "./use-draft.ts";
import { useKeptDraft } from "./use-kept-draft.ts";
import { WriteButton } from "../parts/write-button.tsx";

const CodeEditor = dynamic(async () => (await import("./code-editor.tsx")).CodeEditor, {
  ssr: false,
  loading: () => <div className="cm-host skel-code" aria-busy="true" />,
});

export interface EditorProps {
  readonly kind: string;
  /** The stored object; absent for a new one. */
  readonly base: KubeObject | undefined;
  /** Somebody deleted it while it is edited here: what is typed stays, and goes on once it is restored. */
  readonly isGone?: boolean;
  readonly initialText?: string;
  readonly tab: EditorTab;
  readonly onTab: (tab: EditorTab) => void;
  readonly onDone: (object: KubeObject | undefined) => void;
  /** Form and YAML beside each other where the place allows. */
  readonly roomy: boolean;
}

/**
 * The one editor of all kinds: form and YAML over one text, then impact, then the difference, then Apply.
 * Header, body and footer come apart so that a side panel and a page can both frame it.
 */
export function useEditor(props: EditorProps): {
  /** Those that it has, and which of them shows. */
  readonly tabs: readonly Tab[];
  readonly shown: EditorTab;
  readonly body: ReactNode;
  readonly footer: ReactNode;
  readonly draft: Draft;
} {
  const { kind, onTab } = props;
  // The base under edit stays what it was when editing began; over a change made here a newer one is offered, never taken silently.
  const [base, setBase] = useState(props.base);
  const draft = useDraft(base, props.initialText);
  const isBack = useKeptDraft({
    kind,
    base,
    initialText: props.initialText,
    draft,
    onBack: (kept) => {
      setBase(kept.base);
      draft.setText(kept.text);
    },
  });
  const narrow = useNarrow();
  const definition = definitionOf(kind);
  const isPolicy = definition?.traits.tiered === true;
  const tab = props.tab === "impact" && !isPolicy ? "form" : props.tab;
  const schema = useSchema(definition?.kind);
  const values = useValueSource();

  const { readOnly } = useRights();

  const isNew = base === undefined;
  const check = useDryRun({ draft, isNew });
  const name = (draft.value["metadata"] as { name?: unknown } | undefined)?.name;
  const isNamed = name !== undefined && name !== "";
  const impact = useImpact(isPolicy && draft.isDirty && isNamed ? draft.candidate : undefined, isNew);
  const { write, isWriting } = useWrite();
  const [reason, setReason] = useState("");
  const [refused, setRefused] = useState<Failure>();
  const take = (stored: KubeObject, text: string): void => {
    setBase(stored);
    draft.setText(text);
    setRefused(undefined);
  };

  const problems = useMemo(
    () => [...draft.problems, ...placeComplaints(draft.text, check.complaints)],
    [draft, check.complaints],
  );
  const errors = problems.filter((problem) => problem.severity === "error");
  // A new object starts without a name: that is asked for, and a complaint only after someone was there or went on.
  const [insisted, setInsisted] = useState(false);
  if (!insisted && (!isNew || tab === "diff" || isNamed)) setInsisted(true);
  const isShown = (problem: { readonly field?: string }) => insisted || problem.field !== "metadata.name";
  const shownErrors = errors.filter(isShown);
  const errorOf = (field: string) =>
    check.complaints.find(
      (complaint) => complaint.field === field && complaint.severity === "error" && isShown(complaint),
    )?.message;
  const newer =
    !isNew && props.base !== undefined && props.base.metadata.resourceVersion !== base.metadata.resourceVersion
      ? props.base
      : undefined;
  // Who changed nothing here, or the very same, sees what is stored.
  if (newer !== undefined && (!draft.isDirty || isSame(draft.value, newer))) take(newer, manifestOf(newer));
  const isGone = props.isGone === true;
  const canApply =
    !isGone &&
    newer === undefined &&
    draft.isDirty &&
    draft.parses &&
    errors.length === 0 &&
    !check.isChecking &&
    draft.candidate !== undefined &&
    !isWriting;

  const { setText } = draft;
  const isGoing = useRef(false); // a second click comes before the first is drawn
  const apply = useCallback(async () => {
    if (!canApply || draft.candidate === undefined || isGoing.current) return;
    isGoing.current = true;
    setRefused(undefined);
    try {
      const [object] = await write({
        changes: [{ op: isNew ? "create" : "update", object: draft.candidate }],
        ...(reason.trim() === "" ? {} : { reason: reason.trim() }),
        words: { done: isNew ? "Created" : "Applied", names: [nameOf(draft.candidate)] },
      });
      if (object !== undefined && !isNew) {
        setBase(object);
        setText(manifestOf(object)); // as the server made it whole
      }
      props.onDone(object);
    } catch (error) {
      setRefused(failureOf(error));
    } finally {
      isGoing.current = false;
    }
  }, [canApply, draft.candidate, isNew, props, reason, setText, write]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      if (tab === "diff") void apply();
      else if (canApply) onTab("diff");
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [apply, canApply, onTab, tab]);

  const { isDirty } = draft;
  useEffect(() => (isDirty ? undoFirst(sayNotUndone) : undefined), [isDirty]);

  const sideBySide = props.roomy && !narrow;
  const shown = sideBySide && tab === "yaml" ? "form" : tab;
  const Form = isPolicy ? PolicyForm : SchemaForm;
  const yaml = (
    <CodeEditor
      label={`${kind} as YAML`}
      readOnly={readOnly !== undefined}
      value={draft.text}
      onChange={draft.setText}
      problems={problems.filter(isShown)}
      schema={schema}
      values={values}
    />
  );
  const bodies: Readonly<Record<EditorTab, ReactNode>> = {
    form: (
      <div className={sideBySide ? "side-by-side" : undefined}>
        <fieldset className="bare" disabled={readOnly !== undefined}>
          <Form draft={draft} isNew={isNew} schema={schema} errorOf={errorOf} onShowYaml={() => onTab("yaml")} />
        </fieldset>
        {sideBySide && yaml}
      </div>
    ),
    yaml,
    impact: <ImpactView impact={impact} />,
    diff: (
      <>
        {isPolicy && <ImpactView impact={impact} short />}
        <DiffView before={draft.before} after={draft.text} changes={draft.changes} isNew={isNew} kind={kind} />
        <div className="fld">
          <label className="lab" htmlFor="reason">
            Reason <span className="muted">optional, shown in Activity</span>
          </label>
          <input
            id="reason"
            className="in"
            value={reason}
            maxLength={200}
            autoComplete="off"
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
      </>
    ),
  };
  return {
    draft,
    shown,
    tabs: [
      { id: "form", title: sideBySide ? "Form and YAML" : "Form" },
      ...(sideBySide
        ? []
        : [{ id: "yaml", title: "YAML", count: shownErrors.length > 0 ? `✕ ${shownErrors.length}` : undefined }]),
      ...(isPolicy ? [{ id: "impact", title: "Impact", count: impact.count }] : []),
      { id: "diff", title: "Diff", count: draft.isDirty && !isNew ? draft.changes.length : undefined },
    ],
    body: (
      <>
        {readOnly !== undefined && (
          <p className="note" role="status">
            <Icon name="lock" /> {readOnly}
          </p>
        )}
        {isBack && draft.isDirty && (
          <p className="note" role="status">
            <Icon name="undo" /> What you had typed before this page was left is back.
          </p>
        )}
        {isGone && base !== undefined && (
          <Gone openRef={refOf(base)}>
            <p className="muted">What you typed is still here. Restore the object to apply it.</p>
          </Gone>
        )}
        {newer !== undefined && base !== undefined && (
          <NewerVersion
            key={newer.metadata.resourceVersion}
            draft={draft}
            base={base}
            newer={newer}
            onTake={(text) => take(newer, text)}
          />
        )}
        {refused !== undefined && (
          <div className="note d" role="alert">
            <Icon name="crit" />
            <div>
              <b>Not applied.</b>{" "}
              {refused.kind === "conflict" && newer !== undefined ? (
                "Another change of it came first. Merge it, then apply again."
              ) : (
                <FailureWords failure={refused} />
              )}
            </div>
          </div>
        )}
        {bodies[shown]}
      </>
    ),
    footer: (
      <>
        <Verdict
          errors={shownErrors.map((problem) => problem.message)}
          isNameless={errors.length > shownErrors.length}
          isChecking={check.isChecking}
          isDirty={draft.isDirty}
          isBehind={newer !== undefined}
          isGone={isGone}
          words={impact.words}
        />
        <span className="right rowb">
          {shown === "diff" ? (
            <WriteButton className="btn pri" disabled={!canApply} onClick={() => void apply()}>
              {isWriting ? "Applying" : isNew ? "Create" : "Apply"} <kbd>⌘↵</kbd>
            </WriteButton>
          ) : (
            <button type="button" className="btn pri" disabled={!draft.isDirty} onClick={() => onTab("diff")}>
              Review
            </button>
          )}
        </span>
      </>
    ),
  };
}

function sayNotUndone(): void {
  showToast({
    tone: "failed",
    content: "Nothing is undone over a draft. Undo in the search (⌘K) takes back what was applied last.",
  });
}

function Verdict(props: {
  readonly errors: readonly string[];
  readonly isNameless: boolean;
  readonly isChecking: boolean;
  readonly isDirty: boolean;
  readonly isBehind: boolean;
  readonly isGone: boolean;
  readonly words: ReactNode;
}) {
  const { errors } = props;
  if (props.isBehind || props.isGone) {
    return (
      <span className="warn grow ell" role="status">
        <Icon name="warn" /> {props.isGone ? "Deleted meanwhile: restore it first" : "Changed meanwhile: merge first"}
      </span>
    );
  }
  if (errors.length > 0) {
    return (
      <span className="deny grow ell" role="status" title={errors.join("\n")}>
        {counted(errors.length, "problem")} <span className="muted">· {errors[0]}</span>
      </span>
    );
  }
  return (
    <span className="grow ell" role="status">
      {!props.isDirty ? (
        <span className="muted">No changes</span>
      ) : props.isNameless ? (
        <span className="muted">A name is still missing</span>
      ) : props.isChecking ? (
        <span className="muted">Checking…</span>
      ) : (
        <span className="allow">
          <Icon name="allow" /> 0 problems
        </span>
      )}
      {props.words !== undefined && props.isDirty && (
        <>
          <span className="sep">·</span>
          {props.words}
        </>
      )}
    </span>
  );
}

/** Whether a draft says what is stored. */
function isSame(value: Draft["value"], stored: KubeObject): boolean {
  return diffValues(readYaml(manifestOf(stored)).value ?? {}, value).length === 0;
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}
