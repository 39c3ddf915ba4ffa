/** The checks that an API server makes without looking at what it holds. Loads every kind's rules: import it when they are needed. */
import { definitionOf, generatedName, prepareObject } from "@percale/resources";
import type { StatusCause } from "@percale/resources";
import type { Target } from "./target.ts";

/** What is wrong with an object; nothing if all is well. */
export function faultsOf(
  { object, kind }: Target,
  fieldValidation: "Strict" | "Warn" | "Ignore",
): readonly StatusCause[] {
  const definition = definitionOf(kind.kind);
  if (definition === undefined) return [];
  // Of an object that was read from the server: only an update may say which version it means.
  const { resourceVersion: _, ...metadata } = object.metadata;
  const name = metadata.name ?? generatedName(metadata.generateName ?? "", () => 0);
  const named = { ...object, metadata: { ...metadata, name } };
  const result = prepareObject(definition, named, { operation: "create", fieldValidation });
  if ("object" in result) return [];
  const { issues, error } = result;
  return issues.length > 0 ? issues : [{ reason: error.reason, message: error.message, field: "" }];
}

/** Of the faults those that leave it open what was meant: a document with one cannot be read. */
export function unreadable(faults: readonly StatusCause[]): readonly StatusCause[] {
  return faults.filter(
    ({ reason, message }) => reason === "FieldValueTypeInvalid" || message.startsWith("unknown field"),
  );
}
