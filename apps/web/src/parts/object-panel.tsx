"use client";
import type { ObjectRef } from "@percale/resources/catalog";
import dynamic from "next/dynamic";
import { definitionByPlural, formatOpen } from "../words/kinds.ts";
import { Panel } from "./panel.tsx";
import { Empty } from "./states.tsx";
import { useUrlState } from "./url-state.ts";

// The editor is loaded with the first panel: a page is useful before.
const NewPanel = dynamic(async () => (await import("./object-panels.tsx")).NewPanel, { ssr: false });
const OpenPanel = dynamic(async () => (await import("./object-panels.tsx")).OpenPanel, { ssr: false });

/** The side panel of any page: `open=` shows an object in the editor, `new=` a draft of one. */
export function ObjectPanel({ openRef }: { readonly openRef: ObjectRef | undefined }) {
  const url = useUrlState();
  const created = definitionByPlural(url.get("new") ?? "");
  const close = () =>
    url.set(
      { open: undefined, new: undefined, tab: undefined, tier: undefined, verdict: undefined, from: undefined },
      "push",
    );
  if (created !== undefined) return <NewPanel key={url.href({ tab: undefined })} kind={created.kind} onClose={close} />;
  if (openRef !== undefined) return <OpenPanel key={formatOpen(openRef)} openRef={openRef} onClose={close} />;
  const asked = url.get("open");
  return asked === null ? null : <NoSuchPanel asked={asked} onClose={close} />;
}

/** A link that opens nothing says so. */
function NoSuchPanel({ asked, onClose }: { readonly asked: string; readonly onClose: () => void }) {
  return (
    <Panel label="Nothing to open" title={<h2>Nothing to open</h2>} onClose={onClose}>
      <Empty
        title="This link opens nothing"
        help={
          <>
            <span className="mono">{asked}</span> is no object’s address. One reads{" "}
            <span className="mono">networkpolicies/shop/allow-web</span>.
          </>
        }
      />
    </Panel>
  );
}
