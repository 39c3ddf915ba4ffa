import { MIN_SCHEMA_LEVEL, SCHEMA_LEVEL } from "@percale/protocol";
import type { Hello } from "@percale/protocol";

/** The highest schema level that both sides speak, or why there is none. */
export function chooseLevel({
  schemaLevel: max,
  minSchemaLevel: min = max,
}: Pick<Hello, "schemaLevel" | "minSchemaLevel">): { readonly level: number } | { readonly fault: string } {
  const level = Math.min(max, SCHEMA_LEVEL);
  if (level >= Math.max(min, MIN_SCHEMA_LEVEL)) return { level };
  return { fault: `this server speaks schema levels ${MIN_SCHEMA_LEVEL} to ${SCHEMA_LEVEL}, got ${min} to ${max}` };
}
