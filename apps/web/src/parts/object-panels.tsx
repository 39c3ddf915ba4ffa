"use client";
import { type KubeObject, type ObjectRef, refOf } from "@percale/resources/catalog";
import Link from "next/link";
import { useState } from "react";
import { type EditorTab, useEditor } from "../editor/editor.tsx";
import { useNewText } from "../editor/new-text.ts";
import { TemplatePicker } from "../editor/templates/template-picker.tsx";
import { beginsEmptyHanded } from "../editor/templates/templates.ts";
import { formatOpen, kindWords, pathOf } from "../words/kinds.ts";
import { useObject } from "../live/objects.ts";
import { useRights } from "../live/rights.ts";
import { Gone, useWasThere } from "./gone.tsx";
import { Icon } from "./icon.tsx";
import { iconOf } from "./kind-icon.ts";
import { History } from "./history.tsx";
import { ObjectBadges } from "./object-badges.tsx";
import { ObjectMenu } from "./object-menu.tsx";
import { ObjectName } from "./object-name.tsx";
import { Panel } from "./panel.tsx";
import { Failed, Loaded, SkeletonRows } from "./states.tsx";
import { useUrlState } from "./url-state.ts";
import { MayNotWrite } from "./write-button.tsx";

export function NewPanel({ kind, onClose }: { readonly kind: string; readonly onClose: () => void }) {
  const url = useUrlState();
  const text = useNewText(kind);
  const { readOnly } = useRights();
  const title = (
    <>
      <Icon name={iconOf(kind)} />
      <h2>New {kindWords(kind)}</h2>
      <span className="badge draft">Draft</span>
    </>
  );
  if (readOnly !== undefined) {
    return (
      <Panel label={`New ${kindWords(kind)}`} title={title} onClose={onClose}>
        <MayNotWrite kind={kind} reason={readOnly} />
      </Panel>
    );
  }
  if (beginsEmptyHanded(kind, url)) {
    return (
      <Panel label={`New ${kindWords(kind)}`} title={title} onClose={onClose}>
        <TemplatePicker kind={kind} onBegin={(change) => url.set(change, "push")} />
      </Panel>
    );
  }
  if (text.data === undefined) {
    return (
      <Panel label={`New ${kindWords(kind)}`} title={title} onClose={onClose}>
        <Loaded query={text} what="what the draft starts from" rows={6}>
          {() => null}
        </Loaded>
      </Panel>
    );
  }
  return <EditorPanel kind={kind} base={undefined} initialText={text.data} title={title} onClose={onClose} />;
}

export function OpenPanel({ openRef, onClose }: { readonly openRef: ObjectRef; readonly onClose: () => void }) {
  const query = useObject(openRef);
  const wasThere = useWasThere(query.object !== undefined);
  const title = (
    <>
      <Icon name={iconOf(openRef.kind)} />
      <h2 title={openRef.name}>
        <ObjectName namespace={openRef.namespace} name={openRef.name} />
      </h2>
    </>
  );
  if (query.object === undefined) {
    return (
      <Panel label={openRef.name} title={title} onClose={onClose}>
        {query.isGone ? (
          <Gone openRef={openRef} {...(wasThere && { onLeave: onClose })} />
        ) : query.error === null ? (
          <SkeletonRows rows={6} />
        ) : (
          <Failed error={query.error} what={openRef.name} onRetry={query.refetch} />
        )}
      </Panel>
    );
  }
  return (
    <EditorPanel
      kind={openRef.kind}
      base={query.object}
      title={
        <>
          {title}
          <ObjectBadges object={query.object} />
        </>
      }
      onClose={onClose}
      tools={<ObjectTools openRef={openRef} object={query.object} onDeleted={onClose} />}
    />
  );
}

function EditorPanel(props: {
  readonly kind: string;
  readonly base: KubeObject | undefined;
  readonly initialText?: string;
  readonly title: React.ReactNode;
  readonly tools?: React.ReactNode;
  readonly onClose: () => void;
}) {
  const url = useUrlState();
  const [wide, setWide] = useState(false);
  const tab = (url.get("tab") ?? "form") as EditorTab | "history";
  const isHistory = tab === "history" && props.base !== undefined;
  const editor = useEditor({
    kind: props.kind,
    base: props.base,
    ...(props.initialText === undefined ? {} : { initialText: props.initialText }),
    tab: tab === "history" ? "form" : tab,
    onTab: (next) => url.set({ tab: next }), // also the first one: a page may show something else without
    onDone: (object) => {
      if (props.base !== undefined || object === undefined) url.set({ tab: undefined });
      else {
        const { metadata, kind } = object;
        const ref =
          metadata.namespace === undefined
            ? { kind, name: metadata.name }
            : { kind, namespace: metadata.namespace, name: metadata.name };
        url.set(
          {
            new: undefined,
            tab: undefined,
            tier: undefined,
            verdict: undefined,
            from: undefined,
            open: formatOpen(ref),
          },
          "push",
        );
      }
    },
    roomy: wide,
  });
  return (
    <Panel
      label={`Editor, ${props.kind}`}
      title={props.title}
      wide={wide}
      tools={
        <>
          <button
            type="button"
            className="btn ghost icon hide-s"
            aria-pressed={wide}
            aria-label={wide ? "Narrow panel" : "Form and YAML side by side"}
            title={wide ? "Narrow" : "Form and YAML side by side"}
            onClick={() => setWide(!wide)}
          >
            <Icon name="columns" />
          </button>
          {props.tools}
        </>
      }
      tabs={
        isHistory ? (
          <button type="button" className="btn ghost panel-back" onClick={() => url.set({ tab: "form" })}>
            <Icon name="left" />
            Back to the form
          </button>
        ) : (
          editor.tabs
        )
      }
      {...(!isHistory && { footer: editor.footer })}
      onClose={props.onClose}
    >
      {isHistory && props.base !== undefined ? <History openRef={refOf(props.base)} /> : editor.body}
    </Panel>
  );
}

function ObjectTools(props: {
  readonly openRef: ObjectRef;
  readonly object: KubeObject;
  readonly onDeleted: () => void;
}) {
  const url = useUrlState();
  return (
    <>
      <Link className="btn ghost icon" href={pathOf(props.openRef)} aria-label="Open as page" title="Open as page">
        <Icon name="open" />
      </Link>
      <ObjectMenu
        openRef={props.openRef}
        object={props.object}
        onHistory={() => url.set({ tab: "history" })}
        onDeleted={props.onDeleted}
      />
    </>
  );
}
