import { badRequest, ofKind, WorkloadEndpoint } from "@percale/resources";
import type { ProfileUseRow } from "../trpc/views.ts";
import type { Course } from "./questions.ts";
import type { World } from "./world.ts";

/** How many endpoints have which profile: a row for each that any has. Throws StatusError 400 if they are too many. */
export async function profileUse({ evaluator }: World, { rows, inSlices }: Course): Promise<void> {
  const countOf = new Map<string, number>();
  await inSlices([...evaluator.objects.list(WorkloadEndpoint.kind)], (slice) => {
    for (const { spec } of ofKind(WorkloadEndpoint, slice))
      for (const name of new Set(spec.profiles ?? [])) countOf.set(name, (countOf.get(name) ?? 0) + 1);
  });
  for (const [name, endpoints] of [...countOf].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const row: ProfileUseRow = { name, endpoints };
    if (!rows.add(row)) throw badRequest(`${countOf.size} profiles are more than an answer may hold`);
  }
}
