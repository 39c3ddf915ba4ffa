"use client";
import type { KubeObject, ObjectRef } from "@percale/resources/catalog";
import { useRouter } from "next/navigation";
import { stringify } from "yaml";
import { CodeEditor } from "../../../../editor/code-editor.tsx";
import { History } from "../../../../parts/history.tsx";
import { Icon } from "../../../../parts/icon.tsx";
import { Tabs } from "../../../../parts/tabs.tsx";
import { useUrlState } from "../../../../parts/url-state.ts";
import { definitionOf, pathOf } from "../../../../words/kinds.ts";
import { PageHead } from "./page-head.tsx";

/** An object that people only look at: its YAML, and its history. */
export function ReadPage({ openRef, object }: { readonly openRef: ObjectRef; readonly object: KubeObject }) {
  const url = useUrlState();
  const router = useRouter();
  const tab = url.get("tab") === "history" ? "history" : "yaml";
  const show = (id: string) => url.set({ tab: id === "yaml" ? undefined : id });
  return (
    <>
      <div className="obj-top">
        <PageHead
          openRef={openRef}
          object={object}
          onHistory={() => show("history")}
          onDeleted={() => router.push(`/${definitionOf(openRef.kind)?.plural ?? ""}`)}
        />
        <p className="muted">
          <Icon name="lock" /> Written by agents and IPAM; people only look.
        </p>
        <Tabs
          label="Object"
          current={tab}
          tabs={[
            { id: "yaml", title: "YAML" },
            { id: "history", title: "History" },
          ]}
          onSelect={show}
        />
      </div>
      <div className="scroll">
        <div className="pad">
          {tab === "history" ? (
            <History openRef={openRef} />
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
