"use client";
import { type ReactNode, useRef } from "react";
import { useNear } from "../../../parts/use-near.ts";
import { groupId } from "./group-id.ts";
import type { SettingRow } from "./view.ts";

/**
 * Settings that belong together. Until they come near the screen they are names alone: each line drawn is a dozen elements and a control, and
 * there are two hundred; as text they are still found by the browser's own search, and read out.
 */
export function SettingGroup(props: {
  readonly of: string;
  readonly title: string;
  readonly rows: readonly SettingRow[];
  readonly isFirst: boolean;
  /** A line for each. */
  readonly children: ReactNode;
}) {
  const section = useRef<HTMLElement>(null);
  const isNear = useNear(section, props.isFirst);
  return (
    <section className="set-group" id={groupId(props)} ref={section}>
      <h2>
        <b className="strong">{props.title}</b> <span className="muted">{props.of}</span>
      </h2>
      {isNear
        ? props.children
        : props.rows.map((row) => (
            <p key={row.key} className="set-later">
              {row.title} spec.{row.field}
            </p>
          ))}
    </section>
  );
}
