import { definitionOf } from "@percale/resources/catalog";
import type { IconName } from "./icon.tsx";

export function iconOf(kind: string): IconName {
  return (definitionOf(kind)?.looks.icon ?? "settings") as IconName; // a test finds every kind's icon among the marks
}
