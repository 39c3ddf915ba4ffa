"use client";
import { useEffect, useRef } from "react";
import { undoDraft } from "./undo-first.ts";
import { useUndo } from "./use-undo.ts";

/** Undoes as it comes: each press of the key has one of its own. */
export function UndoOnce(): null {
  const undo = useUndo();
  const isDone = useRef(false);
  useEffect(() => {
    if (isDone.current) return;
    isDone.current = true;
    if (!undoDraft()) void undo();
  }, [undo]);
  return null;
}
