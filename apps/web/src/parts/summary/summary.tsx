"use client";
import type { KubeObject } from "@percale/resources/catalog";
import type { PolicyObject } from "../../policy/spec.ts";
import { definitionOf } from "../../words/kinds.ts";
import { ObjectSummary } from "./object-summary.tsx";
import { PolicySummary } from "./policy-summary.tsx";
import "../../styles/summary.css";

/** What an object is and does, and how it stands: the first tab of every kind, in a panel as on its page. */
export function Summary({ object }: { readonly object: KubeObject }) {
  const traits = definitionOf(object.kind)?.traits;
  return (
    <div className="summary">
      {traits?.tiered === true && traits.policy === "enforced" ? (
        <PolicySummary object={object as PolicyObject} />
      ) : (
        <ObjectSummary object={object} />
      )}
    </div>
  );
}
