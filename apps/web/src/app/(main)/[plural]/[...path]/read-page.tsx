"use client";
import type { KubeObject, ObjectRef } from "@percale/resources/catalog";
import { stringify } from "yaml";
import { CodeEditor } from "../../../../editor/code-editor.tsx";
import { Icon } from "../../../../parts/icon.tsx";
import { pathOf } from "../../../../words/kinds.ts";
import { PageHead } from "./page-head.tsx";

export function ReadPage({ openRef, object }: { readonly openRef: ObjectRef; readonly object: KubeObject }) {
  return (
    <>
      <div className="obj-top">
        <PageHead openRef={openRef} object={object} />
        <p className="muted">
          <Icon name="lock" /> Written by agents and IPAM; people only look.
        </p>
      </div>
      <div className="scroll">
        <div className="pad">
          <CodeEditor
            key={object.metadata.resourceVersion}
            label={`${pathOf(openRef)} as YAML`}
            readOnly
            value={stringify(object, { lineWidth: 0, indentSeq: false })}
          />
        </div>
      </div>
    </>
  );
}
