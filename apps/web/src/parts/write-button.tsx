"use client";
import type { ComponentProps } from "react";
import { useRights } from "../live/rights.ts";
import { kindWords } from "../words/kinds.ts";
import { Icon } from "./icon.tsx";

/** A button that writes or leads to writing: shown to everyone, disabled with the reason for those who may only read. */
export function WriteButton(props: Omit<ComponentProps<"button">, "type"> & { readonly type?: "button" | "submit" }) {
  const { readOnly } = useRights();
  if (readOnly === undefined) return <button {...props} type={props.type ?? "button"} />;
  return <button {...props} type={props.type ?? "button"} disabled title={readOnly} />;
}

/** In the place of a form that could not be sent. */
export function MayNotWrite({ kind, reason }: { readonly kind: string; readonly reason: string }) {
  return (
    <div className="empty" role="status">
      <p className="h2">
        <Icon name="lock" /> You may not create a {kindWords(kind)}
      </p>
      <p>{reason}</p>
    </div>
  );
}
