"use client";
import { type KubeObject, type ObjectRef, refOf } from "@percale/resources/catalog";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { editorTab } from "../editor/editor-tab.ts";
import { useEditor } from "../editor/editor.tsx";
import { useNewText } from "../editor/new-text.ts";
import { TemplatePicker } from "../editor/templates/template-picker.tsx";
import { beginsEmptyHanded } from "../editor/templates/templates.ts";
import { formatOpen, kindWords, pathOf } from "../words/kinds.ts";
import { useObject } from "../live/objects.ts";
import { useRights } from "../live/rights.ts";
import { Gone, useLast } from "./gone.tsx";
import { Icon } from "./icon.tsx";
import { iconOf } from "./kind-icon.ts";
import { ObjectBadges } from "./object-badges.tsx";
import { ObjectMenu } from "./object-menu.tsx";
import { ObjectName } from "./object-name.tsx";
import { isReading, ReadingTab, useObjectTabs } from "./object-tabs.tsx";
import { Panel } from "./panel.tsx";
import { Failed, Loaded, SkeletonRows } from "./states.tsx";
import { Tabs } from "./tabs.tsx";
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
      <Panel label={`New ${kindWords(kind)}`} title={title} isBegun onClose={onClose}>
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
  return <DraftPanel key={text.data} kind={kind} initialText={text.data} title={title} onClose={onClose} />;
}

export function OpenPanel({ openRef, onClose }: { readonly openRef: ObjectRef; readonly onClose: () => void }) {
  const query = useObject(openRef);
  const last = useLast(query.object);
  const object = query.object ?? (query.isGone ? last : undefined);
  const title = (
    <>
      <Icon name={iconOf(openRef.kind)} />
      <h2 title={openRef.name}>
        <ObjectName namespace={openRef.namespace} name={openRef.name} />
      </h2>
    </>
  );
  if (object === undefined) {
    return (
      <Panel label={openRef.name} title={title} onClose={onClose}>
        {query.isGone ? (
          <Gone openRef={openRef} />
        ) : query.error === null ? (
          <SkeletonRows rows={6} />
        ) : (
          <Failed error={query.error} what={openRef.name} onRetry={query.refetch} />
        )}
      </Panel>
    );
  }
  return (
    <StoredPanel
      openRef={openRef}
      object={object}
      isGone={query.object === undefined}
      title={title}
      onClose={onClose}
    />
  );
}

/** A stored object: what it is first, then the editor, then its history. A draft stays while one looks at the others. */
function StoredPanel({
  openRef,
  object,
  isGone,
  title,
  onClose,
}: {
  readonly openRef: ObjectRef;
  readonly object: KubeObject;
  readonly isGone: boolean;
  readonly title: ReactNode;
  readonly onClose: () => void;
}) {
  const url = useUrlState();
  const [wide, setWide] = useState(false);
  const tab = url.get("tab") ?? "summary";
  const show = (next: string): void => url.set({ tab: next }); // also the first one: a page may show something else without
  const editor = useEditor({
    kind: openRef.kind,
    base: object,
    isGone,
    tab: editorTab(tab),
    onTab: show,
    onDone: () => url.set({ tab: undefined }),
    roomy: wide,
  });
  const tabs = useObjectTabs(object, editor.tabs);
  if (isGone && !editor.draft.isDirty) {
    return (
      <Panel label={openRef.name} title={title} onClose={onClose}>
        <Gone openRef={openRef} onLeave={onClose} />
      </Panel>
    );
  }
  return (
    <Panel
      label={`Editor, ${openRef.kind}`}
      title={
        <>
          {title}
          <ObjectBadges object={object} />
        </>
      }
      wide={wide}
      tools={
        <>
          <WideButton isWide={wide} onChange={setWide} />
          <Link className="btn ghost icon" href={pathOf(openRef)} aria-label="Open as page" title="Open as page">
            <Icon name="open" />
          </Link>
          <ObjectMenu openRef={openRef} object={object} onTab={show} onDeleted={onClose} />
        </>
      }
      tabs={<Tabs label="Object" current={isReading(tab) ? tab : editor.shown} tabs={tabs} onSelect={show} />}
      {...((!isReading(tab) || editor.draft.isDirty) && { footer: editor.footer })}
      onClose={onClose}
    >
      {isReading(tab) ? <ReadingTab tab={tab} object={object} /> : editor.body}
    </Panel>
  );
}

function DraftPanel(props: {
  readonly kind: string;
  readonly initialText: string;
  readonly title: ReactNode;
  readonly onClose: () => void;
}) {
  const url = useUrlState();
  const [wide, setWide] = useState(false);
  const show = (tab: string): void => url.set({ tab });
  const editor = useEditor({
    kind: props.kind,
    base: undefined,
    initialText: props.initialText,
    tab: editorTab(url.get("tab")),
    onTab: show,
    onDone: (object) => {
      const open = object && formatOpen(refOf(object));
      url.set({ ...DRAFT_GONE, open }, "push");
    },
    roomy: wide,
  });
  return (
    <Panel
      label={`Editor, ${props.kind}`}
      title={props.title}
      wide={wide}
      isBegun
      tools={<WideButton isWide={wide} onChange={setWide} />}
      tabs={<Tabs label="Editor" current={editor.shown} tabs={editor.tabs} onSelect={show} />}
      footer={editor.footer}
      onClose={props.onClose}
    >
      {editor.body}
    </Panel>
  );
}

/** Keys of the address that a draft began from. */
const DRAFT_GONE = { new: undefined, tab: undefined, tier: undefined, verdict: undefined, from: undefined } as const;

function WideButton({ isWide, onChange }: { readonly isWide: boolean; readonly onChange: (wide: boolean) => void }) {
  return (
    <button
      type="button"
      className="btn ghost icon hide-s"
      aria-pressed={isWide}
      aria-label={isWide ? "Narrow panel" : "Form and YAML side by side"}
      title={isWide ? "Narrow" : "Form and YAML side by side"}
      onClick={() => onChange(!isWide)}
    >
      <Icon name="columns" />
    </button>
  );
}
