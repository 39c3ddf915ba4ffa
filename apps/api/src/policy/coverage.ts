import { badRequest } from "@percale/resources";
import type { CoverageRow } from "../trpc/views.ts";
import type { Course, Questions } from "./questions.ts";
import type { World } from "./world.ts";

/** What is in force where, in numbers: a row for each of what `per` says that has anything in force. Throws StatusError 400 if they are too many. */
export async function coverage(
  world: World,
  { per }: Questions["coverage"],
  { rows, inSlices }: Course,
): Promise<void> {
  const counting = world.evaluator.coverageAfter(world.coverage);
  if (counting !== undefined) {
    await inSlices(counting.endpoints(), (slice) => {
      for (const endpoint of slice) counting.count(endpoint);
    });
    world.coverage = counting.done();
  }
  const tallies = [...(per === "endpoint" ? world.coverage.byEndpoint : world.coverage.byPolicy).entries()];
  for (const [name, { count, ingress, egress }] of tallies.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const row: CoverageRow = { name, count, ingress: ingress > 0, egress: egress > 0 };
    if (!rows.add(row)) throw badRequest(`${tallies.length} rows are longer than an answer may be`);
  }
}
