import { WorkloadEndpoint } from "@percale/resources";
import { entryOf } from "../lists/endpoint-entry.ts";
import type { TermsView } from "../trpc/views.ts";
import type { Course } from "./questions.ts";
import type { World } from "./world.ts";

const MOST_TERMS = 50;
const MOST_NAMESPACES = 1_000;

/** What endpoints are known by, the most used first: their namespaces and labels. */
export async function terms(world: World, { inSlices }: Course): Promise<Omit<TermsView, "revision">> {
  const namespaces = new Map<string, number>();
  const labels = new Map<string, { readonly key: string; readonly value: string; endpoints: number }>();
  await inSlices([...world.evaluator.objects.values(WorkloadEndpoint.kind)], (slice) => {
    for (const { row } of slice.map(entryOf)) {
      namespaces.set(row.namespace, (namespaces.get(row.namespace) ?? 0) + 1);
      for (const [key, value] of Object.entries(row.labels)) {
        const name = `${key}=${value}`; // no key has an equals sign
        const term = labels.get(name);
        if (term === undefined) labels.set(name, { key, value, endpoints: 1 });
        else term.endpoints++;
      }
    }
  });
  return {
    namespaces: Array.from(namespaces, ([name, endpoints]) => ({ name, endpoints }))
      .sort((a, b) => b.endpoints - a.endpoints || (a.name < b.name ? -1 : 1))
      .slice(0, MOST_NAMESPACES),
    labels: [...labels.values()].sort((a, b) => b.endpoints - a.endpoints).slice(0, MOST_TERMS),
  };
}
