"use client";
import { type ReactNode, useEffect, useRef } from "react";
import { isTyping } from "../shell/keys.ts";
import { Icon } from "./icon.tsx";

/** The side panel; on a phone it is the page. Esc closes it unless someone is typing. */
export function Panel(props: {
  readonly label: string;
  readonly title: ReactNode;
  readonly tools?: ReactNode;
  readonly tabs?: ReactNode;
  readonly footer?: ReactNode;
  readonly wide?: boolean;
  /** Somebody is to fill it in: focus comes to its first field. */
  readonly isBegun?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { onClose } = props;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !isTyping(event.target) && !event.defaultPrevented) onClose();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [onClose]);
  const root = useRef<HTMLElement>(null);
  const { isBegun = false } = props;
  useEffect(() => {
    if (isBegun) root.current?.querySelector<HTMLElement>(".pb :is(input, select, textarea, button):enabled")?.focus();
  }, [isBegun]);
  return (
    <aside
      ref={root}
      className="panel"
      tabIndex={-1}
      aria-label={props.label}
      data-wide={props.wide === true ? "true" : undefined}
    >
      <div className={props.tabs === undefined ? "ph line" : "ph"}>
        <div className="ptitle">
          {props.title}
          <span className="tools">
            {props.tools}
            <button type="button" className="btn ghost icon" aria-label="Close panel" onClick={onClose}>
              <Icon name="close" />
            </button>
          </span>
        </div>
        {props.tabs}
      </div>
      <div className="pb">{props.children}</div>
      {props.footer !== undefined && <div className="pf">{props.footer}</div>}
    </aside>
  );
}
