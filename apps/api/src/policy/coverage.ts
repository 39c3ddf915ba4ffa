import type { Coverage, Evaluator } from "@percale/policy";
import { badRequest } from "@percale/resources";
import type { CoverageRow } from "../trpc/views.ts";
import type { Course, Questions } from "./questions.ts";
import type { World } from "./world.ts";

/** What is in force where, in numbers: a row for each policy that is in force somewhere, or for each endpoint asked about. Throws StatusError 400 if they are too many. */
export async function coverage(
  world: World,
  question: Questions["coverage"],
  { rows, inSlices }: Course,
): Promise<void> {
  const { byEndpoint, byPolicy } = await coverageOf(world, inSlices);
  const covered: CoverageRow[] =
    question.per === "policy"
      ? (question.of ?? Array.from(byPolicy.entries(), ([name]) => name)).flatMap((name) => {
          const count = byPolicy.get(name)?.count;
          return count === undefined ? [] : [{ name, count }];
        })
      : question.of.flatMap((name) => {
          const one = byEndpoint.get(name);
          return one === undefined ? [] : [{ name, count: one.count, protection: one.protection }];
        });
  for (const row of covered.sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (!rows.add(row)) throw badRequest(`${covered.length} rows are longer than an answer may be`);
}

/** Of the newest state, though others come while it is counted. What is counted already, or under way, is not counted again. */
export function coverageOf(world: World, inSlices: Course["inSlices"]): Promise<Coverage> {
  const { evaluator, coverage: before } = world;
  const counted = before.then((known) => countOn(known, evaluator, inSlices));
  world.coverage = counted.catch(() => before); // now, not once it is counted: the world may have been made anew by then
  return counted;
}

async function countOn(before: Coverage, evaluator: Evaluator, inSlices: Course["inSlices"]): Promise<Coverage> {
  const counting = evaluator.coverageAfter(before);
  if (counting === undefined) return before;
  await inSlices(counting.policies(), (slice) => {
    for (const policy of slice) counting.read(policy);
  });
  await inSlices(counting.endpoints(), (slice) => {
    for (const endpoint of slice) counting.count(endpoint);
  });
  return counting.done();
}
