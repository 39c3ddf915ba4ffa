"use client";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { Icon } from "../../parts/icon.tsx";
import { ShortcutList } from "./shortcut-list.tsx";

/** The shortcuts over the page that one is on. */
export function Shortcuts({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- a click beside it; the dialog itself hears Escape
    <dialog
      ref={dialog}
      className="shortcut-box float"
      aria-label="Shortcuts"
      onClose={() => dialog.current?.open === true || onClose()} // React may show it twice while it is developed
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="rowb">
        <h2 className="h2">Shortcuts</h2>
        <span className="muted">Single keys act outside text fields only.</span>
        <button type="button" className="btn ghost icon right" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <ShortcutList />
      <Link className="link" href="/settings?tab=appearance" onClick={onClose}>
        Turn single keys on or off
      </Link>
    </dialog>
  );
}
