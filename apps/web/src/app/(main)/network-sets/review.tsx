"use client";
import type { KubeObject } from "@percale/resources/catalog";
import { useMemo, useState } from "react";
import { manifestOf, setField } from "../../../editor/document.ts";
import type { EditorTab } from "../../../editor/editor-tab.ts";
import { useEditor } from "../../../editor/editor.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Tabs } from "../../../parts/tabs.tsx";

/** The set as a draft with other nets: seen as a difference before it is written. */
export function Review({
  object,
  nets,
  onDone,
}: {
  readonly object: KubeObject;
  readonly nets: readonly string[];
  readonly onDone: () => void;
}) {
  const { kind, metadata } = object;
  const [tab, setTab] = useState<EditorTab>("diff");
  // oxlint-disable-next-line react/exhaustive-deps -- the draft begins once, whatever others write meanwhile
  const initialText = useMemo(() => setField(manifestOf(object), ["spec", "nets"], nets), [nets]);
  const editor = useEditor({ kind, base: object, initialText, tab, onTab: setTab, onDone, roomy: false });
  return (
    <Panel
      label={`Editor, ${kind}`}
      title={
        <>
          <Icon name="edit" />
          <h2>
            <ObjectName namespace={metadata.namespace} name={metadata.name} />
          </h2>
          <span className="badge draft">Draft</span>
        </>
      }
      tabs={
        <Tabs label="Editor" current={editor.shown} tabs={editor.tabs} onSelect={(id) => setTab(id as EditorTab)} />
      }
      footer={editor.footer}
      onClose={onDone}
    >
      {editor.body}
    </Panel>
  );
}
