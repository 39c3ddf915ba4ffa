/** The checks that the server runs, here: the one module of the dashboard that reaches schemas, loaded with the first draft. */
import "./without-eval.ts";
import { definitionOf, type KubeObject, prepareObject } from "@percale/resources";
import type { Complaint } from "./use-draft.ts";

/** What the schema and the rules of its kind say against an object. */
export function complaintsAbout(candidate: KubeObject, { isNew }: { readonly isNew: boolean }): readonly Complaint[] {
  const definition = definitionOf(candidate.kind);
  if (definition === undefined)
    return [{ field: "kind", message: `no kind is called ${candidate.kind}`, severity: "error" }];
  const prepared = prepareObject(definition, structuredClone(candidate), {
    operation: isNew ? "create" : "update",
    fieldValidation: "Strict",
  });
  if (!("issues" in prepared)) return [];
  if (prepared.issues.length === 0) return [{ field: "", message: prepared.error.message, severity: "error" }];
  return prepared.issues.map(({ field, message }) => ({ field, message, severity: "error" }));
}
