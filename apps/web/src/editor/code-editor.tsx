"use client";
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  type CompletionContext,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef, useLayoutEffect } from "react";
import { placeOf, suggest, type ValueSource } from "./completion.ts";
import type { Problem } from "./document.ts";
import { type Schema, schemaAt, typeText } from "../words/schema.ts";
import "../styles/code-mirror.css";

const highlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--code-key)" },
  { tag: tags.string, color: "var(--code-str)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-num)" },
  { tag: tags.comment, color: "var(--code-com)" },
]);

export interface CodeEditorProps {
  readonly value: string;
  readonly onChange?: (text: string) => void;
  readonly problems?: readonly Problem[];
  readonly schema?: Schema | undefined;
  readonly values?: ValueSource;
  readonly label: string;
  readonly readOnly?: boolean;
}

/** YAML with completion, hover and problems from the kind's schema. The text belongs to the caller. */
export function CodeEditor(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const newest = useRef(props);
  useLayoutEffect(() => {
    newest.current = props;
  });

  useEffect(() => {
    if (host.current === null) return undefined;
    const editable = new Compartment();
    const { value, readOnly, label } = newest.current;
    view.current = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          EditorView.cspNonce.of(document.querySelector<HTMLElement>("script[nonce]")?.nonce ?? ""),
          lineNumbers(),
          history(),
          drawSelection(),
          codeFolding(),
          foldGutter({ openText: "▾", closedText: "▸" }),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          highlightActiveLine(),
          lintGutter(),
          yaml(),
          syntaxHighlighting(highlight),
          autocompletion({ override: [(context) => complete(context, newest.current)], activateOnTypingDelay: 60 }),
          hoverTooltip((editor, pos) => hover(editor, pos, newest.current.schema)),
          keymap.of([
            ...closeBracketsKeymap,
            ...defaultKeymap.filter((binding) => binding.key !== "Mod-Enter"),
            ...historyKeymap,
            ...foldKeymap,
            ...completionKeymap,
            indentWithTab,
          ]),
          editable.of([EditorState.readOnly.of(readOnly === true), EditorView.editable.of(readOnly !== true)]),
          EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) newest.current.onChange?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    return () => view.current?.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined) return;
    const change = smallestChange(editor.state.doc.toString(), props.value);
    if (change !== undefined) editor.dispatch({ changes: change });
  }, [props.value]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined) return;
    const size = editor.state.doc.length;
    const diagnostics = (props.problems ?? []).map(({ from, to, message, severity }) => ({
      from: Math.min(from, size),
      to: Math.min(Math.max(to, from), size),
      message,
      severity,
    }));
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [props.problems]);

  return <div className="cm-host" ref={host} />;
}

/** The one range in which two texts differ, so that cursor, folds and undo history survive an edit made by the form. */
export function smallestChange(
  before: string,
  after: string,
): { from: number; to: number; insert: string } | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from += 1;
  let tail = 0;
  while (tail < shorter - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}

function complete(context: CompletionContext, { schema, values }: CodeEditorProps) {
  const place = placeOf(context.state.doc.toString(), context.pos);
  if (place === undefined || schema === undefined) return null;
  if (!context.explicit && place.typed === "" && place.key === undefined) return null;
  const options = suggest(place, schema, values ?? (() => []));
  if (options.length === 0) return null;
  return { from: place.from, options: options.map((option) => ({ ...option })), validFor: /^[\w./-]*$/ };
}

function hover(editor: EditorView, pos: number, schema: Schema | undefined) {
  const line = editor.state.doc.lineAt(pos);
  const match = /^( *(?:- +)*)([\w./-]+):/.exec(line.text);
  const key = match?.[2];
  if (match === null || key === undefined || schema === undefined) return null;
  const from = line.from + (match[1]?.length ?? 0);
  if (pos < from || pos > from + key.length) return null;
  const place = placeOf(editor.state.doc.toString(), from);
  const field = schemaAt(schema, [...(place?.path ?? []), key]);
  if (field === undefined) return null;
  return {
    pos: from,
    end: from + key.length,
    create: () => {
      const dom = document.createElement("div");
      dom.className = "cm-doc";
      const type = document.createElement("div");
      type.className = "field-name";
      type.textContent = typeText(field);
      dom.append(type, document.createTextNode(field.description ?? ""));
      return { dom };
    },
  };
}
