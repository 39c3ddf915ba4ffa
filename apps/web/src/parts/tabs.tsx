"use client";
import { type KeyboardEvent, useEffect, useRef } from "react";

export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly count?: string | number | undefined;
}

/** Roving tabs: arrows move and select, as in the ARIA pattern. Of a tab that there is not, which an address may ask for, the first has the place. */
export function Tabs(props: {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly current: string;
  readonly onSelect: (id: string) => void;
}) {
  const current = props.tabs.some(({ id }) => id === props.current) ? props.current : props.tabs[0]?.id;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Where not all have room, the one that is shown does.
    const shown = [...(list.current?.children ?? [])].find((tab) => tab.getAttribute("data-tab") === current);
    shown?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  const onKey = (event: KeyboardEvent<HTMLButtonElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const at = props.tabs.findIndex((tab) => tab.id === current);
    const next = props.tabs[(at + step + props.tabs.length) % props.tabs.length];
    if (next === undefined) return;
    props.onSelect(next.id);
    event.currentTarget.parentElement?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  return (
    <div ref={list} className="tabs" role="tablist" aria-label={props.label}>
      {props.tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          data-tab={tab.id}
          aria-selected={tab.id === current}
          tabIndex={tab.id === current ? 0 : -1}
          onClick={() => props.onSelect(tab.id)}
          onKeyDown={onKey}
        >
          {tab.title}
          {tab.count !== undefined && <span className="c">{tab.count}</span>}
        </button>
      ))}
    </div>
  );
}
