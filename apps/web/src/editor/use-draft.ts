"use client";
import { type KubeObject, ownForm } from "@percale/resources/catalog";
import { useCallback, useMemo, useState } from "react";
import { diffValues, type FieldChange, isMap, isSame } from "./diff.ts";
import { manifestOf, parsePath, type Path, type Problem, rangeOf, readYaml, setField } from "./document.ts";

export interface Complaint {
  readonly field: string;
  readonly message: string;
  readonly severity: "error" | "warning";
}

export interface Draft {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** Sets one field of the text; `undefined` removes it. */
  readonly edit: (path: Path, value: unknown) => void;
  /** The plain value; while the text is broken, the last one that parsed. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly parses: boolean;
  readonly problems: readonly Problem[];
  readonly isDirty: boolean;
  /** What would be written. */
  readonly candidate: KubeObject | undefined;
  readonly changes: readonly FieldChange[];
  readonly before: string;
}

/** The text under edit and everything that follows from it. `base` is the stored object, absent for a new one. */
export function useDraft(base: KubeObject | undefined, initialText: string | undefined) {
  const before = useMemo(() => (base === undefined ? "" : manifestOf(base)), [base]);
  const [text, setText] = useState(initialText ?? before);
  const yaml = useMemo(() => readYaml(text), [text]);
  const [lastValue, setLastValue] = useState(yaml.value ?? {});
  if (yaml.value !== undefined && yaml.value !== lastValue) setLastValue(yaml.value);
  const candidate = useMemo(() => candidateOf(yaml.value, base), [yaml.value, base]);
  const changes = useMemo(
    () => diffValues(before === "" ? {} : (readYaml(before).value ?? {}), yaml.value ?? {}),
    [before, yaml.value],
  );
  const edit = useCallback((path: Path, value: unknown) => setText((old) => setField(old, path, value)), []);
  const draft: Draft = {
    text,
    setText,
    edit,
    value: yaml.value ?? lastValue,
    parses: yaml.value !== undefined,
    problems: yaml.problems,
    isDirty: base === undefined || changes.length > 0,
    candidate,
    changes,
    before,
  };
  return draft;
}

/** Complaints of schema and server placed in the text. */
export function placeComplaints(text: string, complaints: readonly Complaint[]): readonly Problem[] {
  return complaints.map(({ field, message, severity }) => ({
    ...rangeOf(text, parsePath(field)),
    message: field === "" ? message : `${field}: ${message}`,
    severity,
    field,
  }));
}

/** A field that two people changed, each to something else. */
export interface Clash {
  readonly field: string;
  readonly mine: unknown;
  readonly theirs: unknown;
}

/** Re-plays my changes on what someone else stored meanwhile; fields both of us touched are named, and mine unless they are `taken` from theirs. */
export function rebase(of: {
  readonly mine: Readonly<Record<string, unknown>>;
  readonly base: KubeObject;
  readonly theirs: KubeObject;
  readonly taken?: ReadonlySet<string>;
}): { readonly text: string; readonly clashes: readonly Clash[] } {
  const { mine, taken } = of;
  let text = manifestOf(of.theirs);
  const [base, theirs] = [readYaml(manifestOf(of.base)).value, readYaml(text).value];
  const theirChanges = changedFields(base, theirs);
  const clashes = new Map<string, Clash>();
  for (const changed of changedFields(base, mine)) {
    const other = theirChanges.find((each) => isWithin(each, changed) || isWithin(changed, each));
    const path = other !== undefined && isWithin(changed, other) ? other : changed;
    const field = path.join(".");
    const clash = { field, mine: valueAt(mine, path), theirs: valueAt(theirs, path) };
    if (isSame(clash.mine, clash.theirs)) continue;
    if (other !== undefined) clashes.set(field, clash);
    if (other === undefined || taken?.has(field) !== true) text = setField(text, path, clash.mine);
  }
  return { text, clashes: [...clashes.values()] };
}

/** Where two values differ. A list is one field: half of two rule lists is nobody's intent. */
function changedFields(before: unknown, after: unknown, path: Path = []): readonly Path[] {
  if (isSame(before, after)) return [];
  if (!isMap(before) || !isMap(after)) return [path];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changedFields(before[key], after[key], [...path, key]));
}

function isWithin(path: Path, outer: Path): boolean {
  return outer.every((key, at) => key === path[at]);
}

function candidateOf(
  value: Readonly<Record<string, unknown>> | undefined,
  base: KubeObject | undefined,
): KubeObject | undefined {
  if (value === undefined || typeof value["kind"] !== "string") return undefined;
  const metadata = (value["metadata"] ?? {}) as KubeObject["metadata"];
  const { uid, resourceVersion } = base?.metadata ?? {};
  return {
    ...ownForm(value as unknown as KubeObject),
    metadata: {
      ...metadata,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    ...(base?.status === undefined ? {} : { status: base.status }),
  };
}

export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) at = (at as Readonly<Record<string | number, unknown>> | undefined)?.[key];
  return at;
}
