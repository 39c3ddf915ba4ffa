import type { KubeObject } from "@percale/resources";
import { definitionOf } from "@percale/resources/catalog";
import { stringify } from "yaml";
import { withoutCounts } from "./rehearse.ts";

/** In one order of keys, whoever wrote it; its kind as files have it, which history calls by our own name. */
export function textOf(object: KubeObject): string {
  const kind = definitionOf(object.kind)?.servedKind ?? object.kind;
  return stringify(withoutCounts({ ...object, kind }), { sortMapEntries: true, lineWidth: 0 });
}
