"use client";
import { type ReactNode, useEffect, useRef, useState } from "react";

/** A button with something floating under it. Esc and a click elsewhere close it; focus returns to the button. */
export function Popover(props: {
  readonly label: string;
  readonly button: ReactNode;
  readonly buttonClass?: string;
  readonly className?: string;
  readonly buttonData?: Readonly<Record<`data-${string}`, string>>;
  readonly children: (close: () => void) => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent) => {
      if (root.current?.contains(event.target as Node) === false) setOpen(false);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      root.current?.querySelector("button")?.focus();
    };
    document.addEventListener("pointerdown", onPointer);
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("pointerdown", onPointer);
      document.removeEventListener("keydown", onKey);
    };
  }, [open]);
  return (
    <div className={`pop ${props.className ?? ""}`} ref={root}>
      <button
        type="button"
        className={props.buttonClass ?? "hbtn"}
        aria-label={props.label}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        {...props.buttonData}
      >
        {props.button}
      </button>
      {open && <div className="float">{props.children(() => setOpen(false))}</div>}
    </div>
  );
}
