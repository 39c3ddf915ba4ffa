/**
 * What the page that lists objects of any kind knows of each beside the catalog: loaded with that page, as no other needs it.
 *
 *     listOf("Tier").columns.map(({ name }) => name); // → ["Name", "Order", "DefaultAction", "Status"]
 */
import facts from "./catalog-lists.json" with { type: "json" };
import type { KindList } from "./kind.ts";

const lists = facts as unknown as Readonly<Record<string, KindList>>; // what JSON has of them, as `catalog.test.ts` compares

export function listOf(kind: string): KindList {
  return lists[kind] ?? { description: "", columns: [] };
}
