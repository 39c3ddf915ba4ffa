"use client";
import type { KubeObject, ObjectRef } from "@percale/resources";
import { useRouter } from "next/navigation";
import { stringify } from "yaml";
import { CodeEditor } from "../../../../editor/code-editor.tsx";
import { type EditorTab, useEditor } from "../../../../editor/editor.tsx";
import { definitionByPlural, kindWords, pathOf, refFrom } from "../../../../words/kinds.ts";
import { useObject } from "../../../../live/objects.ts";
import { Age } from "../../../../parts/age.tsx";
import { Gone } from "../../../../parts/gone.tsx";
import { History } from "../../../../parts/history.tsx";
import { Icon } from "../../../../parts/icon.tsx";
import { useDelete } from "../../../../live/use-delete.ts";
import { iconOf } from "../../../../parts/kind-icon.ts";
import { isProgrammed, Programmed } from "../../../../parts/programmed.tsx";
import { ObjectName } from "../../../../parts/object-name.tsx";
import { Empty, Failed, SkeletonRows } from "../../../../parts/states.tsx";
import { Tabs } from "../../../../parts/tabs.tsx";
import { useUrlState } from "../../../../parts/url-state.ts";
import { usePageTitle } from "../../../../shell/title.ts";
import "../../../../styles/editor.css";
import { WriteButton } from "../../../../parts/write-button.tsx";

/** One object of any kind: the editor over the whole width, its history, its raw state. */
export function ObjectPage({ plural, path }: { readonly plural: string; readonly path: readonly string[] }) {
  const definition = definitionByPlural(plural);
  const ref = definition === undefined ? undefined : refFrom(definition, path);
  if (definition === undefined || ref === undefined) {
    return (
      <main className="main" id="main">
        <Empty title="No such page" help={<span className="mono">/{[plural, ...path].join("/")}</span>} />
      </main>
    );
  }
  return <Found openRef={ref} plural={plural} editable={!definition.internal && !definition.readOnly} />;
}

function Found({
  openRef,
  plural,
  editable,
}: {
  readonly openRef: ObjectRef;
  readonly plural: string;
  readonly editable: boolean;
}) {
  const words = kindWords(openRef.kind);
  usePageTitle(openRef.name, {
    mono: true,
    kind: openRef.kind,
    parents: [{ title: words.charAt(0).toUpperCase() + words.slice(1), href: `/${plural}` }],
  });
  const query = useObject(openRef);
  return (
    <main className="main" id="main">
      {query.object === undefined ? (
        query.isGone ? (
          <div className="scroll">
            <div className="pad">
              <Gone openRef={openRef} />
            </div>
          </div>
        ) : query.error === null ? (
          <SkeletonRows />
        ) : (
          <Failed error={query.error} what={openRef.name} onRetry={query.refetch} />
        )
      ) : editable ? (
        <EditPage openRef={openRef} object={query.object} plural={plural} />
      ) : (
        <ReadPage openRef={openRef} object={query.object} />
      )}
    </main>
  );
}

function PageHead({
  openRef,
  object,
  onDelete,
}: {
  readonly openRef: ObjectRef;
  readonly object: KubeObject;
  readonly onDelete?: () => void;
}) {
  return (
    <div className="rowb wrap obj-head">
      <Icon name={iconOf(openRef.kind)} />
      <span className="obj-name">
        <ObjectName namespace={openRef.namespace} name={openRef.name} />
      </span>
      <span className="badge">{openRef.kind}</span>
      {isProgrammed(openRef.kind) && <Programmed of={object} />}
      <span className="muted">
        created <Age at={object.metadata.creationTimestamp} ago /> · revision {object.metadata.resourceVersion}
      </span>
      {onDelete !== undefined && (
        <WriteButton className="btn dan right" onClick={onDelete}>
          Delete
        </WriteButton>
      )}
    </div>
  );
}

function EditPage({
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
  const remove = useDelete();
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
          onDelete={() => void remove(object, () => router.push(`/${plural}`))}
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

function ReadPage({ openRef, object }: { readonly openRef: ObjectRef; readonly object: KubeObject }) {
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
