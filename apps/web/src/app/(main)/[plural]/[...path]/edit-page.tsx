"use client";
import type { KubeObject, ObjectRef } from "@percale/resources/catalog";
import { useRouter } from "next/navigation";
import { type EditorTab, useEditor } from "../../../../editor/editor.tsx";
import { History } from "../../../../parts/history.tsx";
import { Icon } from "../../../../parts/icon.tsx";
import { Tabs } from "../../../../parts/tabs.tsx";
import { useUrlState } from "../../../../parts/url-state.ts";
import { PageHead } from "./page-head.tsx";

export function EditPage({
  openRef,
  object,
  plural,
}: {
  readonly openRef: ObjectRef;
  readonly object: KubeObject;
  readonly plural: string;
}) {
  const url = useUrlState();
  const router = useRouter();
  const tab = url.get("tab") ?? "form";
  const editor = useEditor({
    kind: openRef.kind,
    base: object,
    tab: tab === "history" ? "form" : (tab as EditorTab),
    onTab: (next) => url.set({ tab: next === "form" ? undefined : next }),
    onDone: () => url.set({ tab: undefined }),
    roomy: true,
  });
  return (
    <>
      <div className="obj-top">
        <PageHead
          openRef={openRef}
          object={object}
          onHistory={() => url.set({ tab: "history" })}
          onDeleted={() => router.push(`/${plural}`)}
        />
        <div className="rowb obj-tabs">
          {tab === "history" ? (
            <Tabs
              label="Object"
              current="history"
              tabs={[
                { id: "form", title: "Form and YAML" },
                { id: "history", title: "History" },
              ]}
              onSelect={(id) => url.set({ tab: id === "form" ? undefined : id })}
            />
          ) : (
            <>
              {editor.tabs}
              <button type="button" className="btn ghost" onClick={() => url.set({ tab: "history" })}>
                <Icon name="activity" />
                History
              </button>
            </>
          )}
        </div>
      </div>
      <div className="scroll">
        <div className="pad obj-body">{tab === "history" ? <History openRef={openRef} /> : editor.body}</div>
      </div>
      {tab !== "history" && <div className="pf page-foot">{editor.footer}</div>}
    </>
  );
}
