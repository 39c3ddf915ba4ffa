"use client";
import type { KubeObject, ObjectRef } from "@percale/resources/catalog";
import { useRouter } from "next/navigation";
import { editorTab } from "../../../../editor/editor-tab.ts";
import { useEditor } from "../../../../editor/editor.tsx";
import { Gone } from "../../../../parts/gone.tsx";
import { isReading, ReadingTab, useObjectTabs } from "../../../../parts/object-tabs.tsx";
import { Tabs } from "../../../../parts/tabs.tsx";
import { useUrlState } from "../../../../parts/url-state.ts";
import { PageHead } from "./page-head.tsx";

/** An object that people write: what it is first, then the editor, then its history. A draft stays while one looks at the others. */
export function EditPage({
  openRef,
  object,
  isGone,
  plural,
}: {
  readonly openRef: ObjectRef;
  readonly object: KubeObject;
  /** The object is what it was before somebody deleted it. */
  readonly isGone: boolean;
  readonly plural: string;
}) {
  const url = useUrlState();
  const router = useRouter();
  const tab = url.get("tab") ?? "summary";
  const show = (next: string): void => url.set({ tab: next === "summary" ? undefined : next });
  const editor = useEditor({
    kind: openRef.kind,
    base: object,
    isGone,
    tab: editorTab(tab),
    onTab: show,
    onDone: () => show("summary"),
    roomy: true,
  });
  const tabs = useObjectTabs(object, editor.tabs);
  if (isGone && !editor.draft.isDirty) {
    return (
      <div className="scroll">
        <div className="pad">
          <Gone openRef={openRef} />
        </div>
      </div>
    );
  }
  return (
    <>
      <div className="obj-top">
        <PageHead openRef={openRef} object={object} onTab={show} onDeleted={() => router.push(`/${plural}`)} />
        <Tabs label="Object" current={isReading(tab) ? tab : editor.shown} tabs={tabs} onSelect={show} />
      </div>
      <div className="scroll">
        <div className="pad obj-body">{isReading(tab) ? <ReadingTab tab={tab} object={object} /> : editor.body}</div>
      </div>
      {(!isReading(tab) || editor.draft.isDirty) && <div className="pf page-foot">{editor.footer}</div>}
    </>
  );
}
