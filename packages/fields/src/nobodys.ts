import type { FieldPath } from "./set.ts";

/** What every object has beside what people want of it, and no manager owns. */
export const NOBODYS_TYPE: ReadonlySet<string> = new Set(["apiVersion", "kind"]);
export const NOBODYS_METADATA: ReadonlySet<string> = new Set([
  "name",
  "namespace",
  "creationTimestamp",
  "selfLink",
  "uid",
  "clusterName",
  "generation",
  "managedFields",
  "resourceVersion",
]);

/** Metadata is nobody's itself; labels in it are somebody's. */
export const NOBODYS_PATHS: readonly FieldPath[] = [
  ["f:metadata"],
  ...[...NOBODYS_TYPE].map((name) => [`f:${name}`]),
  ...[...NOBODYS_METADATA].map((name) => ["f:metadata", `f:${name}`]),
];
