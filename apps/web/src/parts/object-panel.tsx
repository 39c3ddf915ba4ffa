"use client";
import type { KubeObject, ObjectRef } from "@percale/resources";
import Link from "next/link";
import { useState } from "react";
import { type EditorTab, useEditor } from "../editor/editor.tsx";
import { useNewText } from "../editor/new-text.ts";
import { definitionByPlural, formatOpen, kindWords, pathOf } from "../live/kinds.ts";
import { useObject } from "../live/objects.ts";
import { useWrite } from "../live/write.ts";
import { failureOf } from "../trpc/client.ts";
import { History } from "./history.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { ObjectName } from "./object-name.tsx";
import { Panel } from "./panel.tsx";
import { Popover } from "./popover.tsx";
import { Failed, SkeletonRows } from "./states.tsx";
import { showToast } from "./toasts.tsx";
import { useUrlState } from "./url-state.ts";
import { WriteButton } from "./write-button.tsx";

/** The side panel of any page: `open=` shows an object in the editor, `new=` a draft of one. */
export function ObjectPanel({ openRef }: { readonly openRef: ObjectRef | undefined }) {
  const url = useUrlState();
  const created = definitionByPlural(url.get("new") ?? "");
  const close = () =>
    url.set({ open: undefined, new: undefined, tab: undefined, tier: undefined, verdict: undefined }, "push");
  if (created !== undefined) return <NewPanel key={url.href({ tab: undefined })} kind={created.kind} onClose={close} />;
  if (openRef !== undefined) return <OpenPanel key={formatOpen(openRef)} openRef={openRef} onClose={close} />;
  return null;
}

function NewPanel({ kind, onClose }: { readonly kind: string; readonly onClose: () => void }) {
  const text = useNewText(kind);
  const title = (
    <>
      <Icon name={iconOf(kind)} />
      <h2>New {kindWords(kind)}</h2>
      <span className="badge draft">Draft</span>
    </>
  );
  if (text === undefined) {
    return (
      <Panel label={`New ${kindWords(kind)}`} title={title} onClose={onClose}>
        <SkeletonRows rows={6} />
      </Panel>
    );
  }
  return <EditorPanel kind={kind} base={undefined} initialText={text} title={title} onClose={onClose} />;
}

function OpenPanel({ openRef, onClose }: { readonly openRef: ObjectRef; readonly onClose: () => void }) {
  const query = useObject(openRef);
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
    <EditorPanel
      kind={openRef.kind}
      base={query.object}
      title={title}
      onClose={onClose}
      notice={query.isGone ? <Gone openRef={openRef} /> : undefined}
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
  readonly notice?: React.ReactNode;
  readonly onClose: () => void;
}) {
  const url = useUrlState();
  const [wide, setWide] = useState(false);
  const tab = (url.get("tab") ?? "form") as EditorTab | "history";
  const editor = useEditor({
    kind: props.kind,
    base: props.base,
    ...(props.initialText === undefined ? {} : { initialText: props.initialText }),
    tab: tab === "history" ? "form" : tab,
    onTab: (next) => url.set({ tab: next === "form" ? undefined : next }),
    onDone: (object) => {
      if (props.base !== undefined || object === undefined) url.set({ tab: undefined });
      else {
        const { metadata, kind } = object;
        const ref =
          metadata.namespace === undefined
            ? { kind, name: metadata.name }
            : { kind, namespace: metadata.namespace, name: metadata.name };
        url.set({ new: undefined, tab: undefined, tier: undefined, verdict: undefined, open: formatOpen(ref) }, "push");
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
      tabs={editor.tabs}
      footer={editor.footer}
      onClose={props.onClose}
    >
      {props.notice}
      {editor.body}
    </Panel>
  );
}

function ObjectTools(props: {
  readonly openRef: ObjectRef;
  readonly object: KubeObject;
  readonly onDeleted: () => void;
}) {
  const remove = useDelete();
  return (
    <>
      <Link className="btn ghost icon" href={pathOf(props.openRef)} aria-label="Open as page" title="Open as page">
        <Icon name="open" />
      </Link>
      <Popover label="More" buttonClass="btn ghost icon" button={<Icon name="more" />}>
        {(close) => (
          <div className="menu">
            <Link href={`${pathOf(props.openRef)}?tab=history`}>
              <Icon name="activity" />
              History
            </Link>
            <button
              type="button"
              onClick={() => {
                void navigator.clipboard.writeText(
                  `kubectl -n ${props.openRef.namespace ?? "default"} get ${props.openRef.kind} ${props.openRef.name} -o yaml`,
                );
                close();
              }}
            >
              <Icon name="copy" />
              Copy kubectl command
            </button>
            <hr />
            <WriteButton
              className="deny"
              onClick={() => {
                close();
                void remove(props.object, props.onDeleted);
              }}
            >
              <Icon name="trash" />
              Delete {kindWords(props.openRef.kind)}
            </WriteButton>
          </div>
        )}
      </Popover>
    </>
  );
}

/** Deletes at once, with Undo in the toast: asking first only trains people to say yes. */
export function useDelete(): (object: KubeObject, onDone: () => void) => Promise<void> {
  const { write } = useWrite();
  return async (object, onDone) => {
    const { kind, metadata } = object;
    const ref =
      metadata.namespace === undefined
        ? { kind, name: metadata.name }
        : { kind, namespace: metadata.namespace, name: metadata.name };
    try {
      await write({
        changes: [{ op: "delete", ref, ...(metadata.uid === undefined ? {} : { uid: metadata.uid }) }],
        words: { done: "Deleted", names: [metadata.name] },
      });
      onDone();
    } catch (error) {
      showToast({ tone: "failed", content: `${metadata.name} was not deleted: ${failureOf(error).message}` });
    }
  };
}

function Gone({ openRef }: { readonly openRef: ObjectRef }) {
  return (
    <>
      <div className="note w" role="status">
        <Icon name="warn" />
        <div>
          <b>
            <s>{openRef.name}</s> does not exist any more.
          </b>{" "}
          Its history is below; any revision can be restored.
        </div>
      </div>
      <History openRef={openRef} />
    </>
  );
}

export function iconOf(kind: string): IconName {
  const icons: Readonly<Record<string, IconName>> = {
    NetworkPolicy: "ns",
    GlobalNetworkPolicy: "global",
    Tier: "board",
    NetworkSet: "set",
    GlobalNetworkSet: "set",
    IPPool: "pools",
    BGPPeer: "bgp",
    BGPConfiguration: "bgp",
    Node: "nodes",
    WorkloadEndpoint: "endpoints",
  };
  return icons[kind] ?? "settings";
}
