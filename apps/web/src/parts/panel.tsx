"use client";
import { type ReactNode, useEffect } from "react";
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
  return (
    <aside className="panel" aria-label={props.label} data-wide={props.wide === true ? "true" : undefined}>
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
