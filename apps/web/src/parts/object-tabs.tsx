"use client";
import { type KubeObject, refOf } from "@percale/resources/catalog";
import type { ReactNode } from "react";
import { useSelected } from "../live/selected.ts";
import { definitionOf } from "../words/kinds.ts";
import { formatCount } from "../words/number.ts";
import { History } from "./history.tsx";
import { SelectedEndpoints } from "./summary/endpoint-list.tsx";
import { Summary } from "./summary/summary.tsx";
import type { Tab } from "./tabs.tsx";

/** Tabs that only show, around those of an editor; `summary` is what an address without a tab means. */
const READING: ReadonlySet<string> = new Set(["summary", "endpoints", "history"]);

export function isReading(tab: string): boolean {
  return READING.has(tab);
}

/** All tabs of an object, in their order: what it is, for whom, how it is written, what it was. */
export function useObjectTabs(object: KubeObject, writing: readonly Tab[]): readonly Tab[] {
  const selected = useSelected(selects(object) ? refOf(object) : undefined).data;
  const count = selected && formatCount(selected.matched);
  return [
    { id: "summary", title: "Summary" },
    ...(selects(object) ? [{ id: "endpoints", title: "Endpoints", count }] : []),
    ...writing,
    { id: "history", title: "History" },
  ];
}

/** What a tab that only shows has. */
export function ReadingTab({ tab, object }: { readonly tab: string; readonly object: KubeObject }): ReactNode {
  if (tab === "history") return <History openRef={refOf(object)} />;
  if (tab === "endpoints" && selects(object)) return <SelectedEndpoints policy={refOf(object)} />;
  return <Summary object={object} />;
}

function selects({ kind }: KubeObject): boolean {
  return definitionOf(kind)?.traits.policy === "enforced";
}
