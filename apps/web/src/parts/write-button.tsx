"use client";
import type { ComponentProps } from "react";
import { useRights } from "../live/rights.ts";

/** A button that writes or leads to writing: shown to everyone, disabled with the reason for those who may only read. */
export function WriteButton(props: Omit<ComponentProps<"button">, "type"> & { readonly type?: "button" | "submit" }) {
  const { readOnly } = useRights();
  if (readOnly === undefined) return <button {...props} type={props.type ?? "button"} />;
  return <button {...props} type={props.type ?? "button"} disabled title={readOnly} />;
}
