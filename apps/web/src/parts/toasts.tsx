"use client";
import { type ReactNode, useSyncExternalStore } from "react";
import { Icon } from "./icon.tsx";

interface Toast {
  readonly id: number;
  readonly content: ReactNode;
  readonly tone: "done" | "failed";
  readonly action?: { readonly label: string; readonly run: () => void };
}

const NOTHING: readonly Toast[] = [];
let toasts = NOTHING;
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says what happened, with one way on. Stays 30 s when it offers an action (Undo), else 6 s. */
export function showToast(toast: Omit<Toast, "id">): () => void {
  const id = nextId;
  nextId += 1;
  const close = () => set(toasts.filter((each) => each.id !== id));
  set([...toasts.slice(-2), { ...toast, id }]);
  setTimeout(close, toast.action === undefined ? 6000 : 30_000);
  return close;
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
    () => NOTHING,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, content, tone, action }) => (
        <div key={id} className="toast float">
          <Icon name={tone === "done" ? "ok" : "crit"} className={tone === "done" ? "allow" : "deny"} />
          <div className="grow">{content}</div>
          {action !== undefined && (
            <button
              type="button"
              className="btn"
              onClick={() => {
                set(toasts.filter((each) => each.id !== id));
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
          <button
            type="button"
            className="btn ghost mini"
            aria-label="Close"
            onClick={() => set(toasts.filter((each) => each.id !== id))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
