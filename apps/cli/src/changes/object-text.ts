import type { KubeObject } from "@percale/resources";
import { stringify } from "yaml";
import { withoutCounts } from "./rehearse.ts";

/** In one order of keys, whoever wrote it. */
export function textOf(object: KubeObject): string {
  return stringify(withoutCounts(object), { sortMapEntries: true, lineWidth: 0 });
}
