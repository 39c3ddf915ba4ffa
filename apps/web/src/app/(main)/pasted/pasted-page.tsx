"use client";
import dynamic from "next/dynamic";
import { SkeletonRows } from "../../../parts/states.tsx";
import { usePageTitle } from "../../../shell/title.ts";
import "../../../styles/editor.css";
import "../../../styles/summary.css";

// With YAML and differences, which nobody needs before.
const PastedDraft = dynamic(async () => (await import("./pasted-draft.tsx")).PastedDraft, {
  ssr: false,
  loading: () => <SkeletonRows />,
});

/** Several objects that were pasted, as one draft. */
export function PastedPage() {
  usePageTitle("Pasted objects");
  return (
    <main className="main" id="main">
      <PastedDraft />
    </main>
  );
}
