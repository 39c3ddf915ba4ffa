"use client";
import dynamic from "next/dynamic";
import { NoSuchPage } from "../../../../parts/no-such-page.tsx";
import { SkeletonRows } from "../../../../parts/states.tsx";
import { entryOf } from "../../../../shell/nav.ts";
import { usePageTitle } from "../../../../shell/title.ts";
import { definitionByPlural, kindWords } from "../../../../words/kinds.ts";
import "../../../../styles/editor.css";

const NewDraft = dynamic(async () => (await import("./new-draft.tsx")).NewDraft, {
  ssr: false,
  loading: () => (
    <main className="main" id="main">
      <SkeletonRows />
    </main>
  ),
});

/** A new object over the whole page. */
export function NewPage({ plural }: { readonly plural: string }) {
  const definition = definitionByPlural(plural);
  const words = kindWords(definition?.kind ?? plural);
  const home = entryOf(`/${plural}`);
  usePageTitle(`New ${words}`, home === undefined ? {} : { parents: [home] });
  if (definition === undefined) {
    return <NoSuchPage path={`/new/${plural}`} />;
  }
  return <NewDraft kind={definition.kind} plural={plural} />;
}
