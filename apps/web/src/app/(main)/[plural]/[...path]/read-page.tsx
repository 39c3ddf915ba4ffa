"use client";
import type { KubeObject, ObjectRef } from "@percale/resources/catalog";
import { useRouter } from "next/navigation";
import { stringify } from "yaml";
import { CodeEditor } from "../../../../editor/code-editor.tsx";
import { Icon } from "../../../../parts/icon.tsx";
import { isReading, ReadingTab, useObjectTabs } from "../../../../parts/object-tabs.tsx";
import { Tabs } from "../../../../parts/tabs.tsx";
import { useUrlState } from "../../../../parts/url-state.ts";
import { definitionOf, pathOf } from "../../../../words/kinds.ts";
import { PageHead } from "./page-head.tsx";

/** An object that people do not write: what it is, its YAML, its history. */
export function ReadPage({ openRef, object }: { readonly openRef: ObjectRef; readonly object: KubeObject }) {
  const url = useUrlState();
  const router = useRouter();
  const tab = url.get("tab") ?? "summary";
  const show = (id: string) => url.set({ tab: id === "summary" ? undefined : id });
  const tabs = useObjectTabs(object, [{ id: "yaml", title: "YAML" }]);
  return (
    <>
      <div className="obj-top">
        <PageHead
          openRef={openRef}
          object={object}
          onTab={show}
          onDeleted={() => router.push(`/${definitionOf(openRef.kind)?.plural ?? ""}`)}
        />
        <p className="muted">
          <Icon name="lock" /> Read-only: agents and IPAM write it.
        </p>
        <Tabs label="Object" current={isReading(tab) ? tab : "yaml"} tabs={tabs} onSelect={show} />
      </div>
      <div className="scroll">
        <div className="pad obj-body">
          {isReading(tab) ? (
            <ReadingTab tab={tab} object={object} />
          ) : (
            <CodeEditor
              key={object.metadata.resourceVersion}
              label={`${pathOf(openRef)} as YAML`}
              readOnly
              value={stringify(object, { lineWidth: 0, indentSeq: false })}
            />
          )}
        </div>
      </div>
    </>
  );
}
