"use client";
import { useRouter } from "next/navigation";
import { editorTab } from "../../../../editor/editor-tab.ts";
import { useEditor } from "../../../../editor/editor.tsx";
import { useNewText } from "../../../../editor/new-text.ts";
import { TemplatePicker } from "../../../../editor/templates/template-picker.tsx";
import { beginsEmptyHanded } from "../../../../editor/templates/templates.ts";
import { useRights } from "../../../../live/rights.ts";
import { MayNotWrite } from "../../../../parts/write-button.tsx";
import { Loaded } from "../../../../parts/states.tsx";
import { Tabs } from "../../../../parts/tabs.tsx";
import { useUrlState } from "../../../../parts/url-state.ts";
import { pathOf } from "../../../../words/kinds.ts";

/** The editor over what the new object starts from. */
export function NewDraft({ kind, plural }: { readonly kind: string; readonly plural: string }) {
  const url = useUrlState();
  const text = useNewText(kind);
  const { readOnly } = useRights();
  if (readOnly !== undefined) {
    return (
      <main className="main" id="main">
        <MayNotWrite kind={kind} reason={readOnly} />
      </main>
    );
  }
  if (beginsEmptyHanded(kind, url)) {
    return (
      <main className="main" id="main">
        <div className="scroll">
          <div className="pad">
            <TemplatePicker kind={kind} onBegin={(change) => url.set(change, "push")} />
          </div>
        </div>
      </main>
    );
  }
  return (
    <main className="main" id="main">
      <Loaded query={text} what="what the draft starts from">
        {(initial) => <Editing key={initial} kind={kind} plural={plural} text={initial} />}
      </Loaded>
    </main>
  );
}

function Editing({ kind, plural, text }: { readonly kind: string; readonly plural: string; readonly text: string }) {
  const url = useUrlState();
  const router = useRouter();
  const editor = useEditor({
    kind,
    base: undefined,
    initialText: text,
    tab: editorTab(url.get("tab")),
    onTab: (next) => url.set({ tab: next === "form" ? undefined : next }),
    onDone: (object) => {
      if (object === undefined) return router.push(`/${plural}`);
      const { name, namespace } = object.metadata;
      return router.push(pathOf(namespace === undefined ? { kind, name } : { kind, namespace, name }));
    },
    roomy: true,
  });
  return (
    <>
      <div className="obj-top">
        <Tabs
          label="Editor"
          current={editor.shown}
          tabs={editor.tabs}
          onSelect={(id) => url.set({ tab: id === "form" ? undefined : id })}
        />
      </div>
      <div className="scroll">
        <div className="pad obj-body">{editor.body}</div>
      </div>
      <div className="pf page-foot">{editor.footer}</div>
    </>
  );
}
