/**
 * Who owns which field of an object, and what server-side apply makes of it: sets of fields, and what they mean for values of a type.
 * Pure; means what Kubernetes' structured-merge-diff means.
 *
 *     const text = { type: "string" };
 *     const type = typeOf({ type: "object", properties: { a: text, b: text } }, () => undefined);
 *     const live = { object: { a: "x" }, type, managers: new Map([["ann", fieldsOf({ a: "x" }, type)]]) };
 *     const result = applied(live, { b: "y" }, "ben");
 *     result.object; // → { a: "x", b: "y" }
 *     settled(live, result, { manager: "ben" }).conflicts; // → []
 *     formatFieldsV1(result.managers.get("ben")); // → '{"f:b":{}}'
 */
export { compare } from "./compare.ts";
export type { Comparison } from "./compare.ts";
export { afterUpdate, applied, ownerOfAll, settled } from "./managers.ts";
export type { Applied, FieldConflict, Live, Managers } from "./managers.ts";
export { DuplicateItem } from "./merge.ts";
export { fieldsOf } from "./owned.ts";
export { difference, has, isSameSet, NOTHING, union } from "./set.ts";
export type { FieldNode, FieldPath, FieldSet } from "./set.ts";
export { formatPath } from "./step.ts";
export { formatOwnerOfAll } from "./whole.ts";
export { typeOf } from "./type.ts";
export type { FieldType, ListType, MapType } from "./type.ts";
export { formatFieldsV1, parseFieldsV1 } from "./v1.ts";
