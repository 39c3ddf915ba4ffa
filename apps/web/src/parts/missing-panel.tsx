"use client";
import type { ReactNode } from "react";
import { Panel } from "./panel.tsx";

/** In the place of what a link opens and what is not there any more. */
export function MissingPanel({
  title,
  help,
  onClose,
}: {
  readonly title: string;
  readonly help: ReactNode;
  readonly onClose: () => void;
}) {
  return (
    <Panel label={title} title={<h2>{title}</h2>} onClose={onClose}>
      <p className="muted">{help}</p>
    </Panel>
  );
}
