"use client";
import type { KubeObject } from "@percale/resources/catalog";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useMe } from "../live/rights.ts";
import { handedOver } from "./handed-over.ts";
import { keepDraft, type KeptDraft, takeDraft } from "./kept-draft.ts";
import type { Draft } from "./use-draft.ts";

/** Keeps what is typed when the page is left (to another page of the dashboard it is given up), and hands it back. True: something came back. */
export function useKeptDraft(options: {
  readonly kind: string;
  readonly base: KubeObject | undefined;
  readonly initialText: string | undefined;
  readonly draft: Draft;
  readonly onBack: (kept: KeptDraft) => void;
}): boolean {
  const user = useMe()?.user;
  const [isBack, setIsBack] = useState(false);
  const [initial] = useState(options.draft.text);
  /** A new object begins from some text anyhow; a stored one only from what was pasted into it. */
  const [from] = useState(() =>
    options.base === undefined ? (initial === handedOver() ? initial : undefined) : options.initialText,
  );
  const newest = useRef({ ...options, user });
  useLayoutEffect(() => {
    newest.current = { ...options, user };
  });
  useEffect(() => {
    if (user === undefined) return;
    const { kind, base, onBack } = newest.current;
    const kept = takeDraft(sessionStorage, { kind, base, from, user });
    if (kept === undefined) return;
    onBack(kept);
    setIsBack(true);
  }, [user, from]);
  useEffect(() => {
    const keep = () => {
      const { kind, base, draft, user: who } = newest.current;
      if (who === undefined || !draft.isDirty || draft.text === initial) return;
      keepDraft(sessionStorage, kind, { user: who, base, from, text: draft.text });
    };
    globalThis.addEventListener("pagehide", keep);
    return () => globalThis.removeEventListener("pagehide", keep);
  }, [initial, from]);
  return isBack;
}
