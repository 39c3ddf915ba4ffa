"use client";
import type { ObjectRef } from "@percale/resources/catalog";
import dynamic from "next/dynamic";
import { definitionByPlural, definitionOf, refFrom } from "../../../../words/kinds.ts";
import { useObject } from "../../../../live/objects.ts";
import { Gone, useLast } from "../../../../parts/gone.tsx";
import { NoSuchPage } from "../../../../parts/no-such-page.tsx";
import { Failed, SkeletonRows } from "../../../../parts/states.tsx";
import { entryOf } from "../../../../shell/nav.ts";
import { usePageTitle } from "../../../../shell/title.ts";
import "../../../../styles/editor.css";

// The editor is loaded while the object is asked for.
const EditPage = dynamic(async () => (await import("./edit-page.tsx")).EditPage, {
  ssr: false,
  loading: () => <SkeletonRows />,
});
const ReadPage = dynamic(async () => (await import("./read-page.tsx")).ReadPage, {
  ssr: false,
  loading: () => <SkeletonRows />,
});

/** One object of any kind: the editor over the whole width, its history, its raw state. */
export function ObjectPage({ plural, path }: { readonly plural: string; readonly path: readonly string[] }) {
  const definition = definitionByPlural(plural);
  const ref = definition === undefined ? undefined : refFrom(definition, path);
  if (definition === undefined || ref === undefined) {
    return <NoSuchPage path={`/${[plural, ...path].join("/")}`} />;
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
  const words = definitionOf(openRef.kind)?.words.many ?? plural;
  usePageTitle(openRef.name, {
    mono: true,
    kind: openRef.kind,
    parents: [entryOf(`/${plural}`) ?? { title: capital(words), href: `/${plural}` }],
  });
  const query = useObject(openRef);
  const last = useLast(query.object);
  const edited = editable ? (query.object ?? (query.isGone ? last : undefined)) : undefined;
  return (
    <main className="main" id="main">
      {edited !== undefined ? (
        <EditPage openRef={openRef} object={edited} isGone={query.object === undefined} plural={plural} />
      ) : query.object === undefined ? (
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
      ) : (
        <ReadPage openRef={openRef} object={query.object} />
      )}
    </main>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
