"use client";
import { Icon } from "../../parts/icon.tsx";

/** A page that broke: the frame stays, and leads elsewhere. */
export default function Broken({ error, reset }: { readonly error: Error; readonly reset: () => void }) {
  return (
    <main className="main" id="main">
      <div className="empty" role="alert">
        <p className="h2">
          <Icon name="crit" className="deny" /> This page broke
        </p>
        <p>
          That is a fault of the dashboard, not of the network: <span className="mono">{error.message}</span>. Other
          pages go on.
        </p>
        <button type="button" className="btn" onClick={reset}>
          <Icon name="refresh" />
          Try again
        </button>
      </div>
    </main>
  );
}
