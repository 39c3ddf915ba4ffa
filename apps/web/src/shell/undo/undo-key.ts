"use client";
import { useEffect } from "react";
import { isTyping } from "../keys.ts";
import { undoDraft } from "./undo-first.ts";
import { useUndo } from "./use-undo.ts";

/** ⌘Z or Ctrl Z outside a text field: of a draft first, else of what was applied last. */
export function UndoKey(): null {
  const undo = useUndo();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isKey = event.key.toLowerCase() === "z" && (event.metaKey || event.ctrlKey);
      if (!isKey || event.shiftKey || event.altKey || event.repeat || isTyping(event.target)) return;
      event.preventDefault();
      if (!undoDraft()) void undo();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [undo]);
  return null;
}
