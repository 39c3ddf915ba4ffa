"use client";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { isTyping } from "../keys.ts";

// What undoes comes when it is asked for; the key is heard from the first moment.
const UndoOnce = dynamic(async () => (await import("./undo-once.ts")).UndoOnce, { ssr: false });

/** ⌘Z or Ctrl Z outside a text field: of a draft first, else of what was applied last. */
export function UndoKey() {
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isKey = event.key.toLowerCase() === "z" && (event.metaKey || event.ctrlKey);
      if (!isKey || event.shiftKey || event.altKey || event.repeat || isTyping(event.target)) return;
      event.preventDefault();
      setAsked((times) => times + 1);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return asked === 0 ? null : <UndoOnce key={asked} />;
}
