"use client";
/* oxlint-disable react/no-array-index-key -- a line of a difference is what its place says */
import { Fragment, useState } from "react";
import { useSchema } from "../live/schema.ts";
import { Sentence } from "../parts/sentence.tsx";
import type { RuleSpec } from "../policy/spec.ts";
import { counted } from "../words/number.ts";
import { diffLines, type FieldChange, foldSame } from "./diff.ts";
import { type Schema, titleAt } from "../words/schema.ts";

/** What a write changes: in words first, the text beside it on demand. Added is accent, removed is struck: verdict colours stay verdicts. */
export function DiffView(props: {
  readonly before: string;
  readonly after: string;
  readonly changes: readonly FieldChange[];
  readonly isNew: boolean;
  readonly kind: string;
}) {
  const [asText, setAsText] = useState(false);
  const { changes, isNew } = props;
  return (
    <div className="diff-view">
      <div className="rowb diff-head">
        <b className="strong">{isNew ? "New object" : counted(changes.length, "change")}</b>
        <span className="seg right" role="group" aria-label="Show difference as">
          <button type="button" aria-pressed={!asText} onClick={() => setAsText(false)}>
            Semantic
          </button>
          <button type="button" aria-pressed={asText} onClick={() => setAsText(true)}>
            Text
          </button>
        </span>
      </div>
      {changes.length === 0 && <p className="muted">Nothing differs from what is stored.</p>}
      {asText ? (
        <TextDiff before={props.before} after={props.after} />
      ) : (
        <SemanticDiff changes={changes} kind={props.kind} />
      )}
    </div>
  );
}

export function SemanticDiff({ changes, kind }: { readonly changes: readonly FieldChange[]; readonly kind: string }) {
  const schema = useSchema(kind);
  const flat = changes.flatMap(openSpec).filter(({ path }) => path !== "apiVersion" && path !== "kind");
  return (
    <div className="sdiff">
      {flat.map((change, index) => (
        <Fragment key={`${change.path}${index}`}>
          <span>
            <span className={change.op === "added" ? "badge b-add" : "badge"}>
              {{ added: "+ added", removed: "− removed", changed: "changed", moved: "moved" }[change.op]}
            </span>
          </span>
          <div className="sdiff-what">
            <PathWords path={change.path} schema={schema} />
            <ChangeValue change={change} />
          </div>
        </Fragment>
      ))}
    </div>
  );
}

function ChangeValue({ change }: { readonly change: FieldChange }) {
  switch (change.op) {
    case "changed":
      return (
        <>
          <span className="mono old">{plain(change.from)}</span> → <span className="mono">{plain(change.to)}</span>
        </>
      );
    case "moved":
      return (
        <>
          <Value of={change} /> <span className="muted">from place {change.from + 1}</span>
        </>
      );
    case "removed":
      return (
        <span className="old">
          <Value of={change} />
        </span>
      );
    case "added":
      return <Value of={change} />;
  }
}

function Value({ of: { path, value } }: { readonly of: Exclude<FieldChange, { op: "changed" }> }) {
  return isRule(path) ? <Sentence rule={value as RuleSpec} /> : <span className="mono">{plain(value)}</span>;
}

export function TextDiff({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- long lines scroll by keyboard too
    <div className="code" role="group" aria-label="Difference as text" tabIndex={0}>
      {foldSame(diffLines(before, after)).map((line, index) =>
        line.op === "fold" ? (
          <span key={index} className="fold" data-a="⋯">
            {counted(line.count, "unchanged line")}
          </span>
        ) : (
          <span key={index} className={line.op} data-a={{ same: "", add: "+", del: "−" }[line.op]}>
            {line.text}
          </span>
        ),
      )}
    </div>
  );
}

/** A whole added spec or rule list is told field by field, rule by rule. */
function openSpec(change: FieldChange): readonly FieldChange[] {
  if (change.op !== "added" && change.op !== "removed") return [change];
  const { op, path, value } = change;
  if (["spec", "metadata", ""].includes(path) && typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, item]) =>
      openSpec({ op, path: path === "" ? key : `${path}.${key}`, value: item }),
    );
  }
  if (/\.(ingress|egress)$/.test(path) && Array.isArray(value)) {
    return value.map((item: unknown, index) => ({ op, path: `${path}[${index}]`, value: item }));
  }
  return [change];
}

function isRule(path: string): boolean {
  return /^spec\.(ingress|egress)\[\d+\]$/.test(path);
}

function PathWords({ path, schema }: { readonly path: string; readonly schema: Schema | undefined }) {
  const [, direction, index, field] = /^spec\.(ingress|egress)\[(\d+)\](?:\.(.*))?$/.exec(path) ?? [];
  const title = titleAt(schema, path);
  if (direction === undefined)
    return (
      <div className="muted">
        {title !== path && `${title} `}
        <span className="field-name">{path}</span>
      </div>
    );
  const rule = `${direction === "ingress" ? "Ingress" : "Egress"} rule ${Number(index) + 1}`;
  return <div className="muted">{field === undefined ? rule : `${rule} · ${title === path ? field : title}`}</div>;
}

function plain(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join(", ");
  return JSON.stringify(value) ?? "–";
}
