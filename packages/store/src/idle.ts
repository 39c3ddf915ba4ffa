import type { TokenRecord } from "./records.ts";

/** Nobody has used it for as long as it may lie about. */
export function isIdle({ idleSeconds, usedAt, createdAt }: TokenRecord, now: Date): boolean {
  if (idleSeconds === undefined) return false;
  return now.getTime() - (usedAt ?? createdAt).getTime() > idleSeconds * 1_000;
}
