"use client";
import type { KubeObject, ObjectRef } from "@percale/resources/catalog";
import Link from "next/link";
import type { ReactNode } from "react";
import { useDelete } from "../live/use-delete.ts";
import { COPY_AS, type CopyAs, copyText, fileName } from "../words/copy-as.ts";
import { definitionOf, formatOpen, kindWords, pathOf } from "../words/kinds.ts";
import { Icon } from "./icon.tsx";
import { Popover } from "./popover.tsx";
import { showToast } from "./toasts.tsx";
import { WriteButton } from "./write-button.tsx";
import "../styles/object.css";

/** What may be done with an object wherever it is shown: take it along, make another of it, delete it last. */
export function ObjectMenu(props: {
  readonly openRef: ObjectRef;
  readonly object: KubeObject;
  /** Shows another side of it: the form, its history. */
  readonly onTab: (tab: "form" | "history") => void;
  readonly onDeleted: () => void;
}) {
  const { openRef, object } = props;
  const remove = useDelete();
  const definition = definitionOf(openRef.kind);
  const isEditable = definition !== undefined && !definition.internal && !definition.readOnly;
  const words = kindWords(openRef.kind);
  const copy = async (as: CopyAs) => {
    await take(copyText(as, openRef, await manifest(object)), as === "YAML" ? "The YAML" : `The ${as} command`);
  };
  return (
    <Popover label="More" buttonClass="btn ghost icon" button={<Icon name="more" />}>
      {(close) => {
        const act = (run: () => void | Promise<void>) => () => {
          close();
          void run();
        };
        return (
          <div className="menu obj-menu">
            {isEditable && (
              <WriteButton onClick={act(() => props.onTab("form"))}>
                <Icon name="edit" />
                Edit {words}
              </WriteButton>
            )}
            {isEditable && (
              <Link href={`/new/${definition.plural}?from=${encodeURIComponent(formatOpen(openRef))}`}>
                <Icon name="plus" />
                Clone {words}
              </Link>
            )}
            <Item icon="activity" onClick={act(() => props.onTab("history"))}>
              History
            </Item>
            <hr />
            <Item icon="open" onClick={act(() => take(`${globalThis.location.origin}${pathOf(openRef)}`, "The link"))}>
              Copy link
            </Item>
            <p className="menu-of">Copy as</p>
            {COPY_AS.map((as) => (
              <Item key={as} icon="copy" onClick={act(() => copy(as))}>
                <span className={as === "YAML" ? undefined : "mono"}>{as}</span>
              </Item>
            ))}
            <hr />
            <Item icon="download" onClick={act(async () => download(fileName(openRef), await manifest(object)))}>
              Export
            </Item>
            {isEditable && (
              <>
                <hr />
                <WriteButton className="deny" onClick={act(() => remove(object, props.onDeleted))}>
                  <Icon name="trash" />
                  Delete {words}
                </WriteButton>
              </>
            )}
          </div>
        );
      }}
    </Popover>
  );
}

function Item(props: {
  readonly icon: "activity" | "open" | "copy" | "download";
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <button type="button" onClick={props.onClick}>
      <Icon name={props.icon} />
      {props.children}
    </button>
  );
}

/** As one would write it anew, without what the server keeps. */
async function manifest(object: KubeObject): Promise<string> {
  const { manifestOf } = await import("../editor/document.ts"); // YAML is needed by nobody who only looks
  return manifestOf(object);
}

async function take(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showToast({ tone: "done", content: `${what} is on the clipboard` });
  } catch {
    showToast({ tone: "failed", content: `${what} was not copied: the browser does not allow it here` });
  }
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
